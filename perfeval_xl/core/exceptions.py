"""差异说明: what an officer has explained and signed is no error any more; what is not covered any more is told (O504).

A row covers the findings of its 问题代码, of its unit, of its 项目名称 and of its 对象. A blank 项目名称 means the findings
that belong to no project; a blank 对象 means every finding of that code in the project. A row with neither 说明 nor
确认人 is still to be filled in (so the rows of 问题清单 can be pasted as they are) and does nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from perfeval_xl.core.slices import positions_by, records_of
from perfeval_xl.core.withhold import CAUSES
from perfeval_xl.findings import Finding, Signature, catalogue
from perfeval_xl.model import Inputs
from perfeval_xl.record import replace
from perfeval_xl.text import is_nothing, match_key

#: Nobody can sign for what was not read, not written, or belongs to somebody else's papers.
_NEVER = ("R", "O", "F")
Row = Mapping[Any, Any]


def sign_off(
    inputs: Inputs, projects: pd.DataFrame, indicators: pd.DataFrame, findings: Iterable[Finding]
) -> list[Finding]:
    """The findings, the signed ones as info with their words and signer, and an O504 for each row that does nothing."""
    told = list(findings)
    if inputs.exceptions.empty:
        return told
    by_code = positions_by((finding.unit, finding.code) for finding in told)
    withholds = _withholding(projects, indicators)
    unsigned: list[Finding] = []
    for row in records_of(inputs.exceptions):
        if is_nothing(row["explanation"]) and is_nothing(row["signer"]):
            continue
        covered = [at for unit in (row["unit"], "") for at in by_code.get((unit, _code(row)), ())]
        covered = [at for at in covered if _covers(row, told[at])]
        signable = [at for at in covered if _code(row)[:1] not in _NEVER and not withholds(told[at])]
        reason = _why_not(row, len(covered), len(signable))
        if reason:
            unsigned.append(_not_in_force(inputs, row, reason))
        if not _incomplete(row):
            for at in signable:
                told[at] = _signed(told[at], row)
    return told + unsigned


def _code(row: Row) -> str:
    return match_key(row["code"]).upper()


def _covers(row: Row, finding: Finding) -> bool:
    project, subject = match_key(row["project"]), match_key(row["subject"])
    return project == match_key(finding.project) and subject in ("", match_key(finding.subject))


def _withholding(projects: pd.DataFrame, indicators: pd.DataFrame) -> Callable[[Finding], bool]:
    """Whether a finding is why a form is withheld: its project's form is, and the finding makes a figure unknown."""
    held = projects[projects["withheld"] != ""]
    withheld = set(zip(held["unit"], held["project"], strict=True))
    unknown = indicators[indicators["self_score"].isna()]
    unscored = set(zip(unknown["unit"], unknown["project"], unknown["content"], strict=True))

    def withholds(finding: Finding) -> bool:
        if (finding.unit, finding.project) not in withheld:
            return False
        if finding.code in ("S303", "S304"):
            return (finding.unit, finding.project, finding.subject) in unscored
        return finding.code in (*CAUSES, "M215")

    return withholds


def _incomplete(row: Row) -> str:
    lacking = [label for name, label in (("explanation", "说明"), ("signer", "确认人")) if is_nothing(row[name])]
    return f"没有填写{'和'.join(lacking)}" if lacking else ""


def _why_not(row: Row, covered: int, signable: int) -> str:
    """Why a row is not in force, or not for everything that it names; "" where it is."""
    code = _code(row)
    if code not in catalogue():
        return f"没有问题代码“{row['code']}”"
    if code[:1] in _NEVER:
        return f"{code} 不能用差异说明消除，须改正数据"
    if _incomplete(row):
        return _incomplete(row)
    if not covered:
        return "现在没有与它对应的问题"
    if signable < covered:
        return "它对应的问题使自评表不能生成，不能用差异说明消除，须改正数据"
    return ""


def _not_in_force(inputs: Inputs, row: Row, reason: str) -> Finding:
    named = "，".join(text for text in (row["code"], row["project"], row["subject"]) if text)
    message = f"差异说明“{named}”没有生效：{reason}。"
    cells = inputs.cells_at(row["table"], row["row"], "code")
    return Finding("O504", message, row["unit"], row["project"], row["subject"] or row["project"], sources=cells)


def _signed(finding: Finding, row: Row) -> Finding:
    signature = Signature(row["explanation"], row["signer"])
    words = f"{finding.message}说明：{signature.explanation.rstrip('。')}（确认人：{signature.signer}）。"
    return finding if finding.signature else replace(finding, message=words, signature=signature)
