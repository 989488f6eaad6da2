"""Which scheme a form follows: the shipped one whose points it states and whose own form it is most like."""

from functools import cache

from perfeval_xl.read.form.areas import Areas
from perfeval_xl.read.form.form import find_forms
from perfeval_xl.read.table.roles import load_roles
from perfeval_xl.read.workbook.workbook import read_workbook
from perfeval_xl.record import Record, replace
from perfeval_xl.scheme import Scheme, load_scheme, scheme_names

#: The points of everything, in hundredths.
FULL = 10_000


class StatedPoints(Record):
    """What a form states of its points, in hundredths; ``None`` where it states none. ``has_goal``: it scores the goal."""

    funding: int | None
    goal: int | None
    indicators: int | None
    has_goal: bool

    @property
    def total(self) -> int | None:
        """The sum, where every part is stated."""
        parts = [self.funding, self.indicators, *([self.goal] if self.has_goal else [])]
        known = [part for part in parts if part is not None]
        return sum(known) if len(known) == len(parts) else None

    def against(self, scheme: Scheme) -> int:
        """How many parts differ from the scheme's."""
        pairs = (
            (self.funding, scheme.funding_points),
            (self.goal, scheme.goal_points),
            (self.indicators, scheme.indicator_points),
        )
        differing = sum(stated is not None and stated != given for stated, given in pairs)
        return differing + (self.has_goal != (scheme.goal_points is not None))


@cache
def _regimes() -> tuple[tuple[Scheme, frozenset[str]], ...]:
    """The shipped schemes with the labels of their forms."""
    role = next(role for role in load_roles({}) if role.name == "indicators")
    regimes = []
    for name in scheme_names():
        scheme = load_scheme(name)
        template = scheme.folder / "form.xlsx"
        forms = [
            form
            for grid in read_workbook(template.read_bytes(), template.name)
            for form in find_forms(Areas(grid), role)
        ]
        regimes.append((scheme, forms[0].labels if forms else frozenset()))
    return tuple(regimes)


def fitting_scheme(labels: frozenset[str], points: StatedPoints) -> Scheme:
    """The scheme that the form follows; one with the form's own points where these are nobody's and add up to 100."""
    nearest, _ = min(_regimes(), key=lambda regime: (points.against(regime[0]), -_likeness(labels, regime[1])))
    if not points.against(nearest) or points.total != FULL:
        return nearest
    return replace(
        nearest,
        name="",
        funding_points=points.funding or 0,
        goal_points=points.goal if points.has_goal else None,
        indicator_points=points.indicators or 0,
        groups={},
    )


def _likeness(labels: frozenset[str], others: frozenset[str]) -> float:
    return len(labels & others) / max(1, len(labels | others))
