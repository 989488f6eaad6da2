"""Which project a sheet without a 项目名称 column is about: the one that its own name or its title names."""

from collections.abc import Iterable, Sequence

from perfeval_xl.findings import Finding
from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.read.contents import ReadTable
from perfeval_xl.record import replace
from perfeval_xl.text import match_key

#: Where the projects of a year are named: role → fields.
_NAMED = {
    "projects": ("project",),
    "merge_list": ("project",),
    "indicators": ("project",),
    "execution": ("level1_project", "name"),
}
#: What a title or a sheet's name says beside the project.
_ELSE = lazy_pattern(
    r"(?:20\d\d|年度?|部门|预算|项目|支出|整体|绩效|目标|指标|自我|自评|评价|完成|情况|申报|填报|汇总|评分|得分|明细|一览|分解|体系"
    r"|附[件表]|表|[-_.·,:()《》“”\d])*"
)


def name_sheets(tables: Sequence[ReadTable]) -> tuple[list[ReadTable], list[Finding]]:
    """The tables, those that lack a project with the one that they are about; R105 for those about none, or several."""
    if not any(table.raw.lacks_project for table in tables):
        return list(tables), []
    known = {match_key(name): name for table in tables for name in _names(table) if name}
    kept, findings = [], []
    for table in tables:
        if table.raw.lacks_project is None:
            kept.append(table)
        elif name := _about([table.raw.sheet, *table.raw.titles], known):
            raw = replace(table.raw, constants={**table.raw.constants, "project": name}, lacks_project=None)
            kept.append(replace(table, raw=raw, columns=table.columns.with_text("project", name)))
        else:
            findings.append(table.raw.lacks_project)
    return kept, findings


def _names(table: ReadTable) -> Iterable[str]:
    """The projects that a table names."""
    if table.raw.lacks_project:
        return ()
    fields = [name for name in _NAMED.get(table.raw.role.name, ()) if name in table.raw.columns]
    named = dict.fromkeys(name for field in fields for name in table.columns.listed(field))
    return [*named, table.raw.constants.get("project", "")]


def _about(texts: Sequence[str], known: dict[str, str]) -> str:
    """The longest project that one of the texts names, with nothing in it but what such texts say; none where they disagree."""
    found = set()
    for text in map(match_key, texts):
        own = [key for key in known if key and key in text and _ELSE.fullmatch(text.replace(key, "", 1))]
        found |= {max(own, key=len)} if own else set()
    return known[found.pop()] if len(found) == 1 else ""
