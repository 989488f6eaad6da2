"""Indicator sheets: 原因 and 改进措施 in one cell are told apart, and a group's points are taken off its name."""

import pandas as pd

from perfeval_xl.lazy_pattern import lazy_pattern
from perfeval_xl.read.form.labels import without_points

_IMPROVEMENT = lazy_pattern(r"(?:改进|整改)措施\s*[:：]")
_REASON = lazy_pattern(r"^\s*(?:未完成|偏差)?原因(?:分析)?\s*[:：]\s*")


def split_reasons(indicators: pd.DataFrame) -> pd.DataFrame:
    """``reason`` and ``improvement`` from ``reason_improvement`` where they have no column of their own."""
    both = indicators["reason_improvement"].tolist()
    indicators = indicators.drop(columns="reason_improvement")
    if not any(both):
        return indicators
    own = (indicators[name].tolist() for name in ("reason", "improvement"))
    pairs = [
        split_reason(text) if text and not (reason or improvement) else (reason, improvement)
        for text, reason, improvement in zip(both, *own, strict=True)
    ]
    reasons, improvements = (
        pd.Series([pair[at] for pair in pairs], index=indicators.index, dtype=object) for at in (0, 1)
    )
    return indicators.assign(reason=reasons, improvement=improvements)


def bare_levels(indicators: pd.DataFrame) -> pd.DataFrame:
    """产出指标（40分） is 产出指标: a form states the points anew."""
    levels = {level: indicators[level].tolist() for level in ("level1", "level2")}
    names = {text: without_points(text) for own in levels.values() for text in set(own)}
    bare = {level: [names[text] for text in own] for level, own in levels.items()}
    if bare == levels:
        return indicators
    return indicators.assign(
        **{level: pd.Series(own, index=indicators.index, dtype=object) for level, own in bare.items()}
    )


def split_reason(text: str) -> tuple[str, str]:
    """原因：甲。改进措施：乙。 → (甲。, 乙。); without a label for the measure everything is the reason."""
    match = _IMPROVEMENT.search(text)
    reason, improvement = (text[: match.start()], text[match.end() :]) if match else (text, "")
    return _REASON.sub("", reason).strip(), improvement.strip()
