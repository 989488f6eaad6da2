"""The working plan: what it takes from the scheme and from 报告信息, and what it marks."""

from pathlib import Path

import pytest

from perfeval_xl.scheme import templates_folder
from tests.workbooks import Sheets, invoke, put, write_folder
from tests.write.report.documents import lines_of, marked, text_of
from tests.write.report.test_report import put_info, scheme_with, whole_year

PLAN = "2024年度项目支出绩效自评工作方案.docx"


def planned(folder: Path, sheets: Sheets, *options: object) -> Path:
    result = invoke("plan", write_folder(folder, sheets), *options)
    assert result.exit_code == 0, result.stderr
    return folder / "自评结果" / PLAN


def test_the_plan_has_the_schemes_points_rules_and_bands(tmp_path: Path) -> None:
    plan = planned(tmp_path, whole_year())
    lines = lines_of(plan)
    assert lines[0] == "某区图书馆2024年度项目支出绩效自评工作方案"
    for row in (
        "项目资金（预算执行率）\t20分",
        "项目绩效总目标\t20分",
        "绩效指标\t60分",
        "合计\t100分",
        "优\t90分（含）以上",
        "良\t80分（含）至90分",
        "差\t60分以下",
        "1\t读者服务",
    ):
        assert row in lines
    assert "“较高”按分值的85%计分" in text_of(plan)
    assert marked(plan) == ["【待补充：组织分工】", "【待补充：时间安排】", "【待补充：制定时间】"]


@pytest.mark.parametrize(
    ("scheme", "said"),
    [
        ("mof-2020", ["项目资金（预算执行率）\t10分", "其中：产出指标\t50分", "满意度指标\t10分", "在分值的60%至80%之间评分"]),
        ("hubei-2020", ["项目资金（预算执行率）\t20分", "绩效指标\t80分", "在分值的50%至80%之间评分"]),
        ("sichuan-2023", ["项目资金（预算执行率）\t10分", "绩效指标\t90分", "按目标值与完成值之比计分"]),
    ],
)  # fmt: skip
def test_every_scheme_has_a_plan_of_its_own(tmp_path: Path, scheme: str, said: list[str]) -> None:
    assert (templates_folder() / scheme / "plan.docx").is_file()
    text = text_of(planned(tmp_path, whole_year(), "--scheme", scheme))
    assert [words for words in said if words not in text] == []
    assert "项目绩效总目标\t" not in text


def test_other_rounding_and_reverse_are_said(tmp_path: Path) -> None:
    scheme = scheme_with(tmp_path)
    file = scheme / "scheme.toml"
    own = file.read_text(encoding="utf-8").replace('words = "定性"', 'words = "定性"\nreverse = "线性扣减"')
    file.write_text(own + "\n[rounding]\ndecimals = 0\n", encoding="utf-8")
    result = invoke("plan", write_folder(tmp_path / "year", whole_year()), "--scheme", scheme)
    text = text_of(tmp_path / "year" / "自评结果" / PLAN)
    assert "四舍五入取整数。" in text
    assert "达到目标值两倍的不得分" in text
    assert "没有 plan.docx，用了 hongshan-2019 的" in result.stderr


def test_dates_people_and_method_come_from_the_report_information(tmp_path: Path) -> None:
    sheets = whole_year()
    for name, text in (
        ("组织分工", "组长：张三。\n组员：李四。"),
        ("时间安排", "1月布置。\n3月报送。"),
        ("制定时间", "2025年1月"),
        ("自评原则", "实事求是。"),
    ):
        put_info(name, text)(sheets)
    plan = planned(tmp_path, sheets)
    assert marked(plan) == []
    assert {"（1）组长：张三。", "（2）3月报送。", "2025年1月", "（1）实事求是。"} <= set(lines_of(plan))
    assert "真实客观" not in text_of(plan)


def test_a_restricted_project_is_not_named(tmp_path: Path) -> None:
    sheets = whole_year()
    put("项目信息", 1, "涉密", "是")(sheets)
    assert "馆舍维护" not in text_of(planned(tmp_path, sheets))


def test_a_plan_comes_before_the_tables(tmp_path: Path) -> None:
    sheets: Sheets = {"报告信息": [["名称", "内容"], ["单位名称", "某局"], ["年度", 2024]]}
    plan = planned(tmp_path, sheets)
    assert lines_of(plan)[0] == "某局2024年度项目支出绩效自评工作方案"
    assert "合并后的项目共" not in text_of(plan)


def test_without_a_year_there_is_no_plan(tmp_path: Path) -> None:
    sheets: Sheets = {"报告信息": [["名称", "内容"], ["单位名称", "某局"]]}
    assert invoke("plan", write_folder(tmp_path, sheets)).exit_code == 2
    assert invoke("plan", tmp_path, "--year", 2024).exit_code == 0


def test_the_plan_can_be_put_elsewhere(tmp_path: Path) -> None:
    planned(tmp_path / "year", whole_year(), "-o", tmp_path / "方案.docx")
    assert "某区图书馆" in text_of(tmp_path / "方案.docx")
    assert not (tmp_path / "year" / "自评结果").exists()


def test_a_plan_that_was_worked_on_is_kept(tmp_path: Path) -> None:
    plan = planned(tmp_path, whole_year())
    assert "保留为" not in invoke("plan", tmp_path).stderr
    plan.write_bytes(b"by hand")
    result = invoke("plan", tmp_path)
    kept = [path for path in plan.parent.iterdir() if path.read_bytes() == b"by hand"]
    assert [(path != plan, str(path) in result.stderr.replace("\n", "")) for path in kept] == [(True, True)]
    assert lines_of(plan)


def test_several_units_are_refused(tmp_path: Path) -> None:
    write_folder(tmp_path / "甲", whole_year())
    result = invoke("plan", tmp_path)
    assert result.exit_code == 2
    assert "一次写一个单位的" in result.stderr


def test_a_broken_template_is_wrong_usage(tmp_path: Path) -> None:
    scheme = scheme_with(tmp_path)
    (scheme / "plan.docx").write_bytes(b"")
    result = invoke("plan", write_folder(tmp_path / "year", whole_year()), "--scheme", scheme)
    assert result.exit_code == 2
    assert "own-scheme/plan.docx" in result.stderr


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = planned(tmp_path / "1", whole_year()), planned(tmp_path / "2", whole_year())
    assert first.read_bytes() == second.read_bytes()


def test_a_plan_in_the_results_is_kept_by_the_next_run(tmp_path: Path) -> None:
    plan = planned(tmp_path, whole_year())
    assert invoke("run", tmp_path, "--quiet").exit_code == 0
    assert plan.exists()
