"""Forms read back: what was written reads the same, what was changed is found, what others wrote is checked."""

import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfeval_xl.scheme import scheme_names
from tests.clean_sample import SAMPLE
from tests.forms import central_form, change_cells, draw_form, years
from tests.workbooks import clean_year, codes_of, invoke, perfeval, write_folder

ERRORS = ("R", "M", "S", "F601")


def errors_of(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """(code, first cell) of every error."""
    return [
        (finding["code"], finding["sources"][0]["cell"])
        for finding in manifest["findings"]
        if finding["severity"] == "error"
    ]


def told(manifest: dict[str, Any], *codes: str) -> list[tuple[str, str]]:
    """(code, first cell) of the findings of these codes."""
    return [
        (finding["code"], finding["sources"][0]["cell"]) for finding in manifest["findings"] if finding["code"] in codes
    ]


def as_printed(scheme: str, yuan: str) -> str:
    """An amount as the regime's form prints it: the seed's in 元, all others' in 万元 with two decimals."""
    place = Decimal("0.01") if scheme == "hongshan-2019" else Decimal(100)
    return f"{(Decimal(yuan) / place).quantize(Decimal(1), ROUND_HALF_UP) * place:.2f}"


@pytest.mark.parametrize("scheme", scheme_names())
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_forms_of_any_year_read_back_to_the_same_figures(scheme: str, data: st.DataObject) -> None:
    year = data.draw(years(scheme))
    with TemporaryDirectory() as scratch:
        folder = year.write(Path(scratch) / "年")
        _, run = perfeval("run", folder, "--scheme", scheme, "--no-report")
        results = folder / "自评结果"
        (results / "绩效自评汇总表.xlsx").unlink()
        (folder / "perfeval.toml").write_text(f'scheme = "{scheme}"\n', encoding="utf-8")
        status, review = perfeval("review", results, "--against", folder)
    assert errors_of(review) == []
    assert status == 0
    assert review["scheme"] == scheme
    written = {project["project"]: project for project in run["units"][0]["projects"]}
    read = {project["project"]: project for unit in review["units"] for project in unit["projects"]}
    assert read.keys() == written.keys()
    for name, project in read.items():
        assert project["total_score"] == project["computed_total_score"] == written[name]["total_score"]
        assert project["computed_grade"] == written[name]["grade"]
        assert project["execution_rate"] == written[name]["execution_rate"]
        for field in ("annual_budget", "executed"):
            assert project[field] == as_printed(scheme, written[name][field])
        for field in ("target", "actual", "self_score", "level1", "content"):
            assert [row[field] for row in project["indicators"]] == [row[field] for row in written[name]["indicators"]]


def test_the_published_year_reads_back_without_an_error(tmp_path: Path) -> None:
    invoke("run", SAMPLE, "-o", tmp_path / "结果", "--no-report")
    status, manifest = perfeval("review", tmp_path / "结果", "--against", SAMPLE)
    assert errors_of(manifest) == []
    assert status == 0
    assert [project["total_score"] for project in manifest["units"][0]["projects"]] == [
        "89.78", "89.90", "89.99", "89.00", "89.00",
    ]  # fmt: skip
    assert told(manifest, "F602") == [("F602", "")]


#: A form that is right, and forms of other units with what reviewers found in them: cells → (code, first cell).
PUBLISHED: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "right": ({}, []),
    "rounded up": ({"I6": 10, "H18": 98.5}, [("S314", "I6")]),
    "rounded rate": ({"H6": "97.4%"}, []),
    "indicators of 100 beside 10": ({"G13": 30, "H13": 30, "B13": "产出指标", "H18": 108.24}, [("S301", "G13")]),
    "a part is left out": ({"H18": 88.5}, [("S314", "H18")]),
    "sources": ({"F8": 10}, [("M211", "F6")]),
    "initial budget": ({"D7": 90}, [("M211", "D6")]),
    "more than the budget": ({"F6": 119.44, "F8": 25.57, "H6": "106.29%", "I6": 10, "H18": 98.5}, [("M214", "F6"), ("M214", "F8")]),
    "above its weight": ({"H13": 21, "H18": 99.24}, [("S302", "H13")]),
    "points of the total": ({"G18": 110}, [("S301", "G18")]),
    "points of the funds": ({"G6": 12}, [("S301", "G6")]),
    "points of a group": ({"B16": "效益指标（40分）"}, [("S301", "B13"), ("S301", "B16")]),
    "no number": ({"H13": "满分"}, [("R106", "H13")]),
    "no result": ({"F13": ""}, [("S304", "F13")]),
}  # fmt: skip


@pytest.mark.parametrize("case", PUBLISHED)
def test_forms_of_other_units(case: str, tmp_path: Path) -> None:
    changes, expected = PUBLISHED[case]
    path = draw_form(tmp_path / "表.xlsx", central_form(**changes), ["A6:A9", "B13:B15", "A13:A17", "A18:F18"])
    status, manifest = perfeval("review", path)
    assert errors_of(manifest) == expected
    assert status == int(bool(expected))
    assert (manifest["scheme"], len(manifest["units"][0]["projects"])) == ("mof-2020", 1)


WARNED: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "rate": ({"H6": "95.39%"}, ("M213", "H6")),
    "rate of a source": ({"H8": "85%"}, ("M213", "H8")),
    "a score that the rule does not give": ({"H15": 14, "H18": 98.74}, ("S305", "H15")),
    "full though unmet": ({"H15": 15, "H18": 99.74}, ("S306", "H15")),
    "taken though met": ({"H13": 19, "H18": 97.24}, ("S307", "H13")),
    "no reason": ({"I15": ""}, ("S308", "I15")),
    "no measure": ({"I15": "原因：雨期提前。"}, ("S309", "I15")),
    "points shifted": ({"G13": 25, "H13": 25, "B13": "产出指标（55分）", "G16": 25, "H16": 25, "B16": "效益指标（25分）"}, ("S315", "G13")),
    "twice": ({"D16": "维修水库数量"}, ("C412", "D16")),
}  # fmt: skip


@pytest.mark.parametrize("case", WARNED)
def test_warnings_on_forms_of_other_units(case: str, tmp_path: Path) -> None:
    changes, expected = WARNED[case]
    status, manifest = perfeval("review", draw_form(tmp_path / "表.xlsx", central_form(**changes)))
    assert errors_of(manifest) == []
    assert expected in told(manifest, expected[0])
    assert status == 0
    assert invoke("review", tmp_path / "表.xlsx", "--strict").exit_code == 1


def test_no_warning_on_a_form_that_is_right(tmp_path: Path) -> None:
    _, manifest = perfeval("review", draw_form(tmp_path / "对.xlsx", central_form()))
    assert told(manifest, *(code for _, (code, _) in WARNED.values())) == []


def unscored_form() -> list[list[Any]]:
    """A form of the 2023 Sichuan regime with the figures of a published one, handed in before anybody scored it."""
    return [
        ["部门预算项目支出绩效自评表（2023年度）"],
        ["项目名称", "", "工资性支出"],
        ["主管部门", "", "某县发展和改革局本级", "", "", "实施单位（盖章）", "", "某县发展和改革局"],
        ["项目基本情况", "1.项目年度目标完成情况", "", "项目年度目标", "", "", "", "年度目标完成情况"],
        ["", "", "", "按时足额发放工资。", "", "", "", "按时发放。"],
        ["预算执行情况（10分）", "年度预算数（万元）", "", "年初预算", "调整后预算数", "预算执行数", "", "预算执行率", "权重", "得分", "原因"],
        ["", "总额", "", 238.93, 251.89, 251.89, "", "100.00%", 10, "", ""],
        ["", "其中：财政资金", "", 238.93, 251.89, 251.89, "", "100.00%", "/", "/", ""],
        ["", "财政专户管理资金", "", 0, 0, 0, "", "0.00%", "/", "/", ""],
        ["", "单位资金", "", 0, 0, 0, "", "0.00%", "/", "/", ""],
        ["", "其他资金", "", "", "", "", "", "", "/", "/", ""],
        ["绩效指标（90分）", "一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", "完成值", "权重", "得分", "未完成原因分析"],
        ["", "产出指标", "数量指标", "发放覆盖率", "=", 100, "%", "", 60, "", ""],
        ["", "效益指标", "社会效益指标", "足额保障率", "=", 100, "%", "", 30, "", ""],
        ["合计", "", "", "", "", "", "", "", 100, "", ""],
        ["存在问题", "无"],
    ]  # fmt: skip


def test_a_form_that_nobody_scored_yet(tmp_path: Path) -> None:
    _, manifest = perfeval("review", draw_form(tmp_path / "表.xlsx", unscored_form()))
    assert errors_of(manifest) == [("S304", "H13"), ("S304", "H14")]
    project = manifest["units"][0]["projects"][0]
    assert (manifest["scheme"], project["annual_budget"], project["total_score"]) == (
        "sichuan-2023",
        "2518900.00",
        None,
    )


@pytest.mark.parametrize(
    ("moved", "cell"),
    [
        (lambda rows: rows.insert(2, ["填报单位：某河道管理处"]), "H19"),
        (lambda rows: [row.insert(0, "") for row in rows], "I18"),
        (lambda rows: rows.insert(0, ["附件3"]), "H19"),
        (lambda rows: rows.append(["说明", "无"]), "H18"),
        (lambda rows: [row.insert(7, "注" if at == 11 else "") for at, row in enumerate(rows) if len(row) > 7], "I18"),
        (lambda rows: rows.insert(13, []), "H19"),
    ],
)
def test_a_moved_form_is_read_by_its_labels(moved: Any, cell: str, tmp_path: Path) -> None:
    rows = central_form(H18=88.5)
    moved(rows)
    _, manifest = perfeval("review", draw_form(tmp_path / "表.xlsx", rows))
    assert errors_of(manifest) == [("S314", cell)]


def test_several_forms_in_a_sheet_and_in_a_workbook(tmp_path: Path) -> None:
    path = draw_form(tmp_path / "表.xlsx", [*central_form(), [], *central_form(H18=88.5)])
    book = openpyxl.load_workbook(path)
    for row in central_form(F8=10):
        book.create_sheet("二").append(row) if "二" not in book.sheetnames else book["二"].append(row)
    book.create_sheet("目录").append(["一", "二"])
    book.save(path)
    _, manifest = perfeval("review", path)
    assert errors_of(manifest) == [("S314", "H37"), ("M211", "F6")]
    assert len(manifest["units"][0]["projects"]) == 3
    assert told(manifest, "F602") == [("F602", "")]
    assert next(finding["subject"] for finding in manifest["findings"] if finding["code"] == "F602") == "目录"


def test_what_is_no_form_and_what_cannot_be_opened(tmp_path: Path) -> None:
    draw_form(tmp_path / "深" / "表.xlsx", central_form())
    draw_form(tmp_path / "通讯录.xlsx", [["张三", "科员"]])
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04" + bytes(100))
    (tmp_path / "~$表.xlsx").write_bytes(b"")
    status, manifest = perfeval("review", tmp_path)
    assert {(finding["code"], finding["sources"][0]["workbook"]) for finding in manifest["findings"]} >= {
        ("F602", "通讯录.xlsx"), ("R101", "坏.xlsx"),
    }  # fmt: skip
    assert (status, len(manifest["inputs"])) == (1, 3)
    assert perfeval("review", tmp_path / "通讯录.xlsx")[0] == 3
    assert perfeval("review", tmp_path / "没有.xlsx")[0] == 2
    assert invoke("review", tmp_path, "-o", tmp_path / "审核.docx").exit_code == 2


def test_equal_forms_of_a_sheet_are_counted_each_for_itself(tmp_path: Path) -> None:
    path = draw_form(tmp_path / "表.xlsx", [*central_form(), [], *central_form(H18=88.5)])
    perfeval("review", path, "-o", tmp_path / "审核.xlsx")
    rows = openpyxl.load_workbook(tmp_path / "审核.xlsx")["审核汇总"].iter_rows(min_row=4, values_only=True)
    assert [row[7] for row in rows] == [0, 1]


def test_a_bug_among_the_forms_is_logged_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = "·".join("单元格内容")

    def broken(*_: object) -> None:
        raise ZeroDivisionError(content)

    monkeypatch.setattr("perfeval_xl.review.check_forms", broken)
    with pytest.raises(AssertionError, match=r"(?s)in read_chunk.*ZeroDivisionError") as log:
        perfeval("review", draw_form(tmp_path / "表.xlsx", central_form()))
    assert content not in str(log.value)


def test_figures_that_differ_from_the_workbooks(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "年", clean_year())
    invoke("run", folder, "--no-report")
    form = next((folder / "自评结果").glob("附件1.1*.xlsx"))
    change_cells(form, {"F21": "35场", "D9": 430001})
    status, manifest = perfeval("review", form, "--against", folder)
    found = [finding for finding in manifest["findings"] if finding["code"] == "F601"]
    assert status == 1
    assert [(finding["sources"][0]["cell"], finding["actual"], finding["expected"]) for finding in found] == [
        ("D9", "430001.00 元", "430000.00 元"), ("F21", "35场", "30场"),
    ]  # fmt: skip
    assert found[1]["sources"][1] == {"workbook": "../2.xlsx", "sheet": "Sheet", "cell": "G3"} | {"sheet": "绩效指标"}
    assert [finding["project"] for finding in manifest["findings"] if finding["code"] == "F603"] == ["馆舍维护"]


def test_a_form_of_no_project_and_a_missing_indicator(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "年", clean_year())
    invoke("run", folder, "--no-report")
    first, second = sorted((folder / "自评结果").glob("附件*.xlsx"))
    change_cells(first, {"C5": "读者服务工作"})
    change_cells(second, {"D20": "竣工验收合格率"})
    _, manifest = perfeval("review", first, second, "--against", folder)
    assert [finding["message"] for finding in manifest["findings"] if finding["code"] == "F601"] == [
        "工作簿中没有项目“读者服务工作”，这份自评表没有可以核对的数据。",
        "自评表中有指标“竣工验收合格率”，工作簿中没有。",
        "工作簿中有指标“验收合格率”，自评表中没有。",
    ]


def test_the_review_workbook(tmp_path: Path) -> None:
    draw_form(tmp_path / "表" / "甲.xlsx", central_form())
    draw_form(tmp_path / "表" / "乙.xlsx", central_form(H18=88.5))
    status, manifest = perfeval("review", tmp_path / "表", "-o", tmp_path / "审核.xlsx")
    assert (status, [output["kind"] for output in manifest["outputs"]]) == (1, ["review"])
    book = openpyxl.load_workbook(tmp_path / "审核.xlsx")
    rows = {str(row[0].value): [cell.value for cell in row[1:]] for row in book["审核汇总"].iter_rows(min_row=4)}
    assert rows["乙.xlsx 自评表"] == ["某河道管理处", "老旧水库维修养护", 88.5, 98.24, None, "优", 1, 0]
    assert rows["甲.xlsx 自评表"][2:] == [98.24, 98.24, None, "优", 0, 0]
    link = next(row[8] for row in book["问题清单"].iter_rows() if row[1].value == "S314").hyperlink
    assert link is not None
    assert (link.target, link.location) == ("表/乙.xlsx", "'自评表'!H18")
    first = (tmp_path / "审核.xlsx").read_bytes()
    perfeval("review", tmp_path / "表", "-o", tmp_path / "审核.xlsx", "--jobs", 2)
    assert (tmp_path / "审核.xlsx").read_bytes() == first


def test_an_amended_result_is_kept_under_another_name(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "年", clean_year())
    invoke("run", folder, "--no-report")
    form = next((folder / "自评结果").glob("附件1.1*.xlsx"))
    fresh = form.read_bytes()
    edited = change_cells(form, {"F21": "35场"}).read_bytes()
    status, manifest = perfeval("run", folder, "--no-report")
    asides = list(form.parent.glob("附件1.1*.已修改-*.xlsx"))
    assert (status, form.read_bytes()) == (0, fresh)
    assert [aside.read_bytes() for aside in asides] == [edited]
    found = next(finding for finding in manifest["findings"] if finding["code"] == "O503")
    assert [source["workbook"] for source in found["sources"]] == [
        f"自评结果/{name}" for name in (asides[0].name, form.name)
    ]
    assert "O503" not in codes_of(perfeval("run", folder, "--no-report")[1])
    assert len(list(form.parent.glob("*已修改*"))) == 1


def test_forms_are_compared_under_their_own_scheme(tmp_path: Path) -> None:
    """The run was given its scheme on the command line, and nothing in the folder states one."""
    folder = write_folder(tmp_path / "年", clean_year())
    invoke("run", folder, "--no-report", "--scheme", "mof-2020")
    _, manifest = perfeval("review", folder / "自评结果", "--against", folder)
    assert manifest["scheme"] == "mof-2020"
    assert "F601" not in codes_of(manifest)


@pytest.mark.parametrize("keep", [False, True])
def test_what_the_program_does_not_know_is_kept_too(keep: bool, tmp_path: Path) -> None:
    """A form was amended, the next run wrote none, and the one after that must not take the person's work away."""
    folder = write_folder(tmp_path / "年", clean_year())
    invoke("run", folder, "--no-report")
    form = next((folder / "自评结果").glob("附件1.1*.xlsx"))
    edited = change_cells(form, {"F21": "35场"}).read_bytes()
    (form.parent / "manifest.json").unlink()
    status, manifest = perfeval("run", folder, "--no-report", *(["--keep-edits"] if keep else []))
    found = [finding["message"] for finding in manifest["findings"] if finding["code"] == "O503"]
    assert status == 0
    assert "不是上次运行写的" in found[0]
    kept = [form] if keep else list(form.parent.glob("附件1.1*.已修改-*.xlsx"))
    assert [file.read_bytes() for file in kept] == [edited]
    assert ("O503" in codes_of(perfeval("run", folder, "--no-report", "--keep-edits")[1])) == keep


def test_an_amended_result_is_left_in_place_on_request(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "年", clean_year())
    invoke("run", folder, "--no-report")
    form = next((folder / "自评结果").glob("附件1.1*.xlsx"))
    edited = change_cells(form, {"F21": "35场", "H21": 16}).read_bytes()
    for _ in range(2):
        status, manifest = perfeval("run", folder, "--no-report", "--keep-edits")
        found = [finding for finding in manifest["findings"] if finding["code"] == "O503"]
        assert (status, form.read_bytes()) == (0, edited)
        assert [(finding["sources"][0]["cell"], finding["actual"], finding["expected"]) for finding in found[1:]] == [
            ("F21", "35场", "30场"), ("H21", "16.00 分", "15.00 分"),
        ]  # fmt: skip
    assert not list(form.parent.glob("*已修改*"))
    perfeval("run", folder, "--no-report")
    assert [aside.read_bytes() for aside in form.parent.glob("*已修改*")] == [edited]


def test_an_interrupted_run_left_no_edit(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "年", clean_year())
    invoke("run", folder, "--no-report")
    manifest = folder / "自评结果" / "manifest.json"
    listed = json.loads(manifest.read_text(encoding="utf-8"))
    for output in listed["outputs"]:
        output["sha256"] = "0" * 64
    manifest.write_text(json.dumps(listed), encoding="utf-8")
    assert "O503" not in codes_of(perfeval("run", folder, "--no-report")[1])


@pytest.mark.parametrize("keep", [False, True])
def test_amended_results_of_a_batch(keep: bool, tmp_path: Path) -> None:
    for unit in ("甲", "乙"):
        sheets = clean_year()
        for row in sheets["预算执行情况"][3:]:
            row[0] = f"{unit}图书馆"
        sheets["预算执行情况"][1][0] = f"编制单位：{unit}图书馆"
        write_folder(tmp_path / unit, sheets)
    invoke("run", tmp_path, "--no-report")
    results = tmp_path / "自评结果"
    form = next(results.glob("甲图书馆/附件1.1*.xlsx"))
    edited = change_cells(form, {"F21": "35场"}).read_bytes()
    change_cells(results / "全部单位汇总表.xlsx", {"A1": "改过"})
    _, manifest = perfeval("run", tmp_path, "--no-report", *(["--keep-edits"] if keep else []))
    found = [finding for finding in manifest["findings"] if finding["code"] == "O503"]
    assert len(found) == (3 if keep else 2)
    assert (form.read_bytes() == edited) == keep
    assert len(list(results.rglob("*已修改*"))) == (0 if keep else 2)
    assert found[0]["sources"][-1]["workbook"] == f"甲/../自评结果/甲图书馆/{form.name}"
    _, manifest = perfeval("run", tmp_path, "--no-report", *(["--keep-edits"] if keep else []))
    assert ("O503" in codes_of(manifest)) == keep
