"""``scheme.toml`` as a form: what may stand in it, of what kind. What does not fit is refused with file and line."""

import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from perfeval_xl.errors import UsageError
from perfeval_xl.record import Record
from perfeval_xl.text import nearest
from perfeval_xl.toml_lines import Path as KeyPath
from perfeval_xl.toml_lines import key_lines, line_of
from perfeval_xl.tomlfile import read_toml

RULE_NAMES = ("按比例", "达标得分", "定性", "扣分", "人工评分")
INVERSE, LINEAR = "反比例", "线性扣减"
PART_UNITS = ("折算", "进一", "不计")
_ADVICE = "按所指的行改正后重新运行；各项的含义见 docs/schemes.md。"


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("应当是文字，写在双引号中")
    return value


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite() or value < 0:
        raise ValueError("应当是不小于 0 的数字")
    return Decimal(value)


def _points(value: object) -> int:
    """Points in hundredths."""
    exact = _number(value) * 100
    if exact != int(exact):
        raise ValueError("至多有两位小数")
    return int(exact)


def _share(value: object) -> Decimal:
    if _number(value) > 1:
        raise ValueError("应当是 0 到 1 之间的数字（0.85 就是 85%）")
    return _number(value)


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) and word.strip() for word in value):
        raise ValueError('应当是一组文字，如 ["甲", "乙"]')
    return tuple(value)


def _one_of(*choices: object) -> Callable[[object], Any]:
    def read(value: object) -> Any:
        if isinstance(value, bool) or value not in choices:
            raise ValueError(f"应当是{'、'.join(map(str, choices))}之一")
        return value

    return read


class _Table(Record):
    """A table: its keys with what each must be. ``own``: of what kind keys are that are the scheme's own words."""

    keys: Mapping[str, Callable[[object], Any]]
    required: frozenset[str] = frozenset()
    own: Callable[[object], Any] | None = None
    repeated: bool = False


def _table(
    required: str = "", own: Callable[[object], Any] | None = None, repeated: bool = False, **keys: Any
) -> _Table:
    return _Table(keys, frozenset(required.split()), own, repeated)


_THRESHOLDS = (
    *("budget_change", "execution_rate", "over_target", "score_over_execution"),
    *("copied_share", "copied_indicators", "edge_points", "edge_projects"),
)
#: Every table of the file, by its name; "" are the keys above the first table.
_TABLES: dict[str, _Table] = {
    "": _table("title source", title=_text, source=_text),
    "points": _table("funding indicators", funding=_points, goal=_points, indicators=_points),
    "groups": _table(own=_points),
    "grades": _Table({"grade": _text, "from": _points}, frozenset({"grade", "from"}), repeated=True),
    "rounding": _table(decimals=_one_of(0, 1, 2)),
    "thresholds": _Table(dict.fromkeys(_THRESHOLDS, _number), frozenset({"budget_change", "execution_rate"})),
    "rules": _table(
        "number words",
        number=_one_of(*RULE_NAMES),
        words=_one_of(*RULE_NAMES),
        reverse=_one_of(INVERSE, LINEAR),
        part_unit=_one_of(*PART_UNITS),
    ),
    "rules.names": _table(own=_words),
    "qualitative": _table("top", top=_words),
    "qualitative.coefficients": _table(own=_share),
    "qualitative.bands": _Table(
        {"words": _words, "from": _share, "to": _share}, frozenset({"words", "from", "to"}), repeated=True
    ),
    "funding_sources": _table(own=_words),
    "mail": _table(subject=_text, body=_text),
    "columns": _Table(dict.fromkeys(("项目信息", "绩效指标", "报告信息"), _words)),
}
_NEEDED = ("points", "grades", "thresholds", "rules", "qualitative", "funding_sources")


class SchemeFile:
    """A scheme's file, checked: ``tables`` by name, a list of rows where a table is repeated."""

    def __init__(self, file: Path) -> None:
        """Raises :class:`UsageError`, which names the file and, where there is one, the line."""
        self.file = file
        try:
            data = read_toml(file)
        except UnicodeDecodeError:
            raise UsageError(f"方案文件 {file} 不是 UTF-8 文本。", "用记事本另存为，编码选 UTF-8。") from None
        except tomllib.TOMLDecodeError as error:
            raise UsageError(
                f"方案文件 {file} 不是有效的 TOML：{error}。", "按所指的行列（line、column）改正后重新运行。"
            ) from None
        self.tables: dict[str, Any] = {name: [] if table.repeated else {} for name, table in _TABLES.items()}
        self._read("", (), data)
        for name in _NEEDED:
            if name not in data:
                raise self.error((), f"缺少 [{name}] 一节")

    def error(self, path: KeyPath, message: str) -> UsageError:
        """What is wrong at a key, with its line."""
        line = line_of(key_lines(self.file.read_text(encoding="utf-8-sig")), path)
        return UsageError(f"方案文件 {self.file}{f' 第 {line} 行' if line else ''}：{message}。", _ADVICE)

    def _read(self, name: str, path: KeyPath, value: object) -> None:
        table = _TABLES[name]
        if not table.repeated:
            self.tables[name] = self._row(name, path, value)
        elif isinstance(value, list):
            self.tables[name] = [self._row(name, (*path, at), row) for at, row in enumerate(value)]
        else:
            raise self.error(path, f"“{name}”的每一行应当以 [[{name}]] 开头")

    def _row(self, name: str, path: KeyPath, value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.error(path, f"“{name}”应当是一节：以 [{name}] 开头，下面每行一项")
        table, row = _TABLES[name], {}
        inner = {key.removeprefix(f"{name}.").removeprefix("."): key for key in _TABLES if _parent(key) == name and key}
        for key, own in value.items():
            if key in inner:
                self._read(inner[key], (*path, key), own)
                continue
            kind = table.keys.get(key, table.own)
            if kind is None:
                known = sorted({*table.keys, *inner})
                raise self.error((*path, key), f"不认识的项“{key}”{nearest(key, known)}")
            try:
                row[key] = kind(own)
            except ValueError as error:
                raise self.error((*path, key), f"“{key}”{error}") from None
        for key in sorted(table.required - row.keys()):
            raise self.error(path, f"{f'[{name}] 中' if name else ''}缺少“{key}”")
        return row


def _parent(name: str) -> str:
    return name.rpartition(".")[0]
