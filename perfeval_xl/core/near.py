"""Names that are nearly the same (M205): proposed where both are left without a partner, never used as one."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from perfeval_xl.findings import Cell, Finding
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.record import Record
from perfeval_xl.text import match_key

#: From these lengths on one character, or two, may be another; and one, or two, may be more.
_OTHER, _MORE = (3, 5), (2, 3)
#: Beyond this length nobody types a name twice, and its variants are too many.
_LONGEST = 60
#: 一期 and 二期, 2018 and 2019, A座 and B座 are different things, not slips of the hand.
_NUMBERING = lazy_pattern(r"[0-9A-Za-z一二三四五六七八九十百甲乙丙丁戊东西南北上下]")


class Lone(Record):
    """A name that is left without a partner, the project that it belongs to ("" where none is known), its cells."""

    unit: str
    project: str
    name: str
    cells: tuple[Cell, ...]


def lone_names(findings: Iterable[Finding], code: str) -> list[Lone]:
    """The names that findings of this code are about."""
    return [
        Lone(finding.unit, finding.project, finding.subject, finding.sources)
        for finding in findings
        if finding.code == code
    ]


def propose_names(left: Sequence[Lone], right: Sequence[Lone]) -> list[Finding]:
    """M205 for each pair of nearly equal names, one of either side, of the same unit."""
    if not left or not right:
        return []
    by_variant: dict[tuple[str, str], list[Lone]] = {}
    for lone in right:
        for variant in _variants(match_key(lone.name)):
            by_variant.setdefault((lone.unit, variant), []).append(lone)
    findings = []
    for lone in left:
        key = match_key(lone.name)
        near = (other for variant in _variants(key) for other in by_variant.get((lone.unit, variant), ()))
        for other in dict.fromkeys(near):
            if slips := names_apart(lone.name, other.name):
                message = (
                    f"“{lone.name}”与“{other.name}”只差 {slips} 个字，两处都没有对应的名称；"
                    "程序没有把它们当作同一个名称，请核对。"
                )
                project, cells = lone.project or other.project, (*lone.cells[:1], *other.cells[:1])
                findings.append(
                    Finding("M205", message, lone.unit, project, lone.name, other.name, lone.name, sources=cells)
                )
    return findings


def names_apart(one: str, other: str) -> int:
    """By how many characters two names differ, 1 or 2; 0 where they are the same, or not near enough to be proposed.

    A character more, less, another one or two neighbours exchanged is one difference. Short names may differ in one
    only, or have more at their ends or within (军运会 and 军运会安保); numbers may never differ.
    """
    first, second = match_key(one), match_key(other)
    shorter, longer = sorted((first, second), key=len)
    if _NUMBERING.findall(first) != _NUMBERING.findall(second):
        return 0
    slips = _distance(first, second)
    lengths = _MORE if slips == len(longer) - len(shorter) else _OTHER
    return slips if 0 < slips <= 2 and len(shorter) >= lengths[slips - 1] else 0


def _variants(name: str) -> Iterator[str]:
    """The name without none, one and two of its characters: names at most two slips apart share one."""
    if len(name) > _LONGEST:
        return
    seen = {name}
    for gone in range(1, min(2, len(name) - 1) + 1):
        for places in combinations(range(len(name)), gone):
            seen.add("".join(character for at, character in enumerate(name) if at not in places))
    yield from sorted(seen)


def _distance(one: str, other: str) -> int:
    """Insertions, deletions, replacements and exchanges of neighbours between two texts."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for at, character in enumerate(one, 1):
        row = [at]
        for to, opposite in enumerate(other, 1):
            cost = min(above[to] + 1, row[to - 1] + 1, above[to - 1] + (character != opposite))
            if at > 1 and to > 1 and character == other[to - 2] and one[at - 2] == opposite:
                cost = min(cost, before[to - 2] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]
