"""Every cause of a difference is told where the figures show it, and kept back where they could mean something else."""

import pytest

from perfeval_xl.core.reconciliation.causes import CAUSES, Case, Part, cause_of

A, B, C = Part("甲", 30_000), Part("乙", 70_000), Part("丙", 30_000)

#: What is told → a case of it, and one that looks like it.
CASES: dict[str, tuple[Case, Case]] = {
    "元与万元": (Case(11_400_000, 1_140), Case(11_400_000, 1_141)),
    "元与千元": (Case(1_234_567_800, 1_234_568), Case(1_234_567_800, 1_234_468)),
    "正负号": (Case(-5_000, 5_000), Case(-5_000, 5_001)),
    "行次颠倒": (Case(100, 250, swapped="甲"), Case(100, 250)),
    "年初结转或年末结转": (Case(900, 1_000, carried=(100, 40)), Case(900, 1_000, carried=(90, 40))),
    "上年结转的支出": (
        Case(1_500, 1_000, parts=(Part("上年结转", 500, carried=True), Part("区级", 1_000))),
        Case(1_500, 1_100, parts=(Part("上年结转", 500, carried=True), Part("区级", 1_000))),
    ),
    "部门决算中“甲”重复计算": (Case(100_000, 130_000, lines=(A, B, A)), Case(100_000, 130_000, lines=(A, B, B))),
    "执行情况表重复计算（正好是决算的两倍）": (Case(2_468, 1_234), Case(2_469, 1_234)),
    "部门决算重复计算（正好是执行数的两倍）": (Case(1_234, 2_468), Case(0, 0)),
    "部门决算缺少“乙”": (Case(100_000, 30_000, parts=(A, B)), Case(100_000, 30_001, parts=(A, B))),
    "执行情况表缺少“乙”": (Case(60_000, 130_000, lines=(A, B, C)), Case(60_000, 130_000, lines=(Part("乙", 70_000),))),
    "数字颠倒": (Case(181_152, 181_125), Case(181_152, 181_251)),
    "行次错位（决算数是“丁”的执行数）": (Case(100, 250, shifted="丁"), Case(100, 250)),
    "填成了全年预算数": (Case(95_00, 100_00, budget=100_00), Case(95_00, 100_01, budget=100_00)),
    "名称不同": (Case(100, 217, renamed="旧名"), Case(100, 217)),
}


@pytest.mark.parametrize("said", CASES)
def test_a_cause_is_told_only_where_it_shows(said: str) -> None:
    told, kept = CASES[said]
    assert said in cause_of(told)
    assert said not in cause_of(kept)


def test_every_cause_has_a_case() -> None:
    found = {next(at for at, cause in enumerate(CAUSES) if cause(told)) for told, _ in CASES.values()}
    assert found == set(range(len(CAUSES)))


def test_the_surest_cause_comes_first() -> None:
    assert "行次颠倒" in cause_of(Case(1_221, 1_212, swapped="乙"))
    assert cause_of(Case(100, 317)) == ""
