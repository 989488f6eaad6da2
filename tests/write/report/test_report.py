"""The report as a file: what units it holds up with, what stays out of it, and what a template may and may not do."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from perfeval_xl.scheme import scheme_names, templates_folder
from tests.workbooks import PROJECTS, Sheets, changed, clean_year, codes_of, invoke, perfeval, put, write_folder
from tests.write.report.documents import headings_of, lines_of, marked, text_of

REPORT = "2024年度项目支出绩效自评报告.docx"
MORE = ["项目背景", "立项依据", "主要问题", "改进措施", "涉密"]
INFO: list[list[object]] = [
    ["名称", "内容"],
    ["年度", 2024],
    ["自评时间", "2025年3月"],
    ["财政部门", "某区财政局"],
    ["自评步骤", "对账。\n评分。"],
    ["主要问题", "时间紧。"],
    ["建议", "早通知。"],
    ["其他需要说明的问题", "无。"],
]


def whole_year() -> Sheets:
    """The clean year with everything that a report says."""
    sheets = clean_year()
    texts = ["为了读者。", "《图书馆法》", "无", "无", ""]
    sheets["项目信息"] = [PROJECTS + MORE, *([*row, *texts] for row in sheets["项目信息"][1:])]
    sheets["报告信息"] = [list(row) for row in INFO]
    return sheets


def written(folder: Path, change: Callable[[Sheets], object] = lambda _: None, *options: str) -> Path:
    """The report of the changed year."""
    sheets = whole_year()
    change(sheets)
    result = invoke("run", write_folder(folder, sheets), "--quiet", *options)
    assert result.exit_code in (0, 1), result.stderr
    return folder / "自评结果" / REPORT


def put_info(name: str, content: object) -> Callable[[Sheets], None]:
    def change(sheets: Sheets) -> None:
        sheets["报告信息"] = [row for row in sheets["报告信息"] if row[0] != name] + [[name, content]]

    return change


def many(number: int) -> Callable[[Sheets], None]:
    """The second project ``number`` times instead of once."""

    def change(sheets: Sheets) -> None:
        for name, columns in (
            ("预算执行情况", (1, 2, 3)),
            ("项目信息", (1, 4)),
            ("绩效指标", (0,)),
            ("项目支出决算", (2, 3)),
        ):
            key = {"预算执行情况": 1, "项目信息": 1, "绩效指标": 0, "项目支出决算": 2}[name]
            own = [row for row in sheets[name] if len(row) > key and row[key] in ("馆舍维护", "003")]
            sheets[name] = [row for row in sheets[name] if row not in own]
            for copy in range(number):
                for row in own:
                    sheets[name].append([f"{cell}{copy:03}" if at in columns else cell for at, cell in enumerate(row)])
        for at, row in enumerate(sheets["项目信息"][1:], 1):
            row[0] = at

    return change


def test_a_whole_unit_leaves_nothing_to_fill_in(tmp_path: Path) -> None:
    report = written(tmp_path)
    assert marked(report) == []
    assert [text for style, text in headings_of(report) if style == "Heading 1"] == [
        "一、绩效自评工作开展情况",
        "二、本报告包含项目的自评结果",
        "三、各项目自评情况",
        "四、绩效自评工作的经验、问题和建议",
        "五、其他需要说明的问题",
    ]
    assert [text for style, text in headings_of(report) if style == "Heading 2"] == [
        "1.读者服务",
        "2.馆舍维护",
        "（一）主要问题",
        "（二）建议",
    ]
    lines = lines_of(report)
    assert "到位资金中中央转移支付资金10万元，区级预算资金33万元。" in text_of(report)
    assert lines[lines.index("（2）改进措施") + 1] == "无。"


@pytest.mark.parametrize("number", [0, 39])
def test_one_project_and_forty(tmp_path: Path, number: int) -> None:
    report = written(tmp_path, many(number))
    titles = [text for style, text in headings_of(report) if style == "Heading 2"]
    assert [title.split(".")[0] for title in titles[:-2]] == [str(at) for at in range(1, number + 2)]
    assert f"共包括{number + 1}个项目" in text_of(report)
    summary = docx.Document(str(report)).tables[0]
    assert len(summary.rows) == number + 3
    assert summary.rows[number + 1].cells[0].text == str(number + 1)


def test_what_is_missing_is_marked(tmp_path: Path) -> None:
    def bare(sheets: Sheets) -> None:
        for sheet, heading in (("项目信息", "项目背景"), ("项目信息", "立项依据"), ("预算执行情况", "到位资金")):
            put(sheet, 0, heading, "")(sheets)
        put("绩效指标", 0, "完成情况说明", "")(sheets)
        sheets["报告信息"] = [row for row in sheets["报告信息"] if row[0] != "建议"]

    report = written(tmp_path, bare)
    # 到位资金: the total, its rate, and the source that lacks it.
    assert sorted(marked(report)) == sorted(
        ["【待补充：到位资金】"] * 3 + [f"【待补充：{name}】" for name in ("项目背景", "立项依据", "佐证资料", "建议")]
    )
    assert "{" not in text_of(report)


def test_without_information_and_report_texts(tmp_path: Path) -> None:
    def bare(sheets: Sheets) -> None:
        sheets["项目信息"] = [row[: len(PROJECTS)] for row in sheets["项目信息"]]
        del sheets["报告信息"]

    report = written(tmp_path, bare)
    assert {"【待补充：财政部门】", "【待补充：自评时间】", "【待补充：主要问题】"} <= set(marked(report))
    assert "（1）以2024年部门决算为依据" in text_of(report)


HOSTILE = [
    "含{{ 项目 }}和{% raw %}与{_{x}_}",
    "<w:p>&amp;</w:t>",
    "第一行\n第二行\t制表",
    "控制\x0b\x07字符",
    "长" * 3000,
    "】【待补充：x<】",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_arrive_as_written(tmp_path: Path, text: str) -> None:
    from perfeval_xl.write.report.document import compile_template

    def hostile(sheets: Sheets) -> None:
        if text.isprintable() or "\n" in text:
            for heading in ("项目背景", "年初设定目标", "执行偏差原因", "主要问题"):
                put("项目信息", 0, heading, text)(sheets)
            put("绩效指标", 1, "完成情况说明", text)(sheets)
            put("绩效指标", 1, "未完成原因", text)(sheets)

    report = written(tmp_path, hostile)
    words = text_of(report)
    for line in text.split("\n") if text.isprintable() or "\n" in text else []:
        assert line in words
    values = {"表": text}
    template = compile_template(one_line(tmp_path / "template.docx", "甲{{ 表 }}乙"))
    (tmp_path / "filled.docx").write_bytes(template.fill(values, values))
    kept = "".join(character for character in text if character in "\n\t" or character >= " ")
    assert text_of(tmp_path / "filled.docx") == f"甲{kept}乙"


def test_a_lone_surrogate_is_left_out(tmp_path: Path) -> None:
    from perfeval_xl.write.report.document import compile_template

    template = compile_template(one_line(tmp_path / "template.docx", "{{ 表 }}"))
    (tmp_path / "filled.docx").write_bytes(template.fill({"表": "甲\ud800乙"}, ()))
    assert text_of(tmp_path / "filled.docx") == "甲乙"


def test_restricted_projects_stay_out_of_the_report_alone(tmp_path: Path) -> None:
    report = written(tmp_path, put("项目信息", 1, "涉密", "是"), "--appendices")
    words = text_of(report)
    assert "馆舍" not in words
    assert "屋面" not in words
    assert "共包括1个项目，涉及预算资金43万元，自评覆盖率达到100%。另有1个涉密项目按规定未列入本报告。" in words
    names = {path.name for path in report.parent.iterdir()}
    assert "附件1.2 馆舍维护项目支出绩效自评表.xlsx" in names


def test_a_withheld_form_is_said_to_be_lacking(tmp_path: Path) -> None:
    report = written(tmp_path, put("预算执行情况", 3, "全年执行数", "约11万"), "--appendices")
    words = text_of(report)
    assert "自评覆盖率达到50%。其中“馆舍维护”1个项目的数据尚不能确定，未形成自评表。" in words
    assert "《馆舍维护项目支出绩效自评表》（附件1.2）暂未形成：" in words
    assert "附件1.1" in lines_of(report)
    assert "附件1.2" not in lines_of(report)
    assert "【待补充：全年执行数】" in marked(report)


def test_a_text_gives_way_to_the_figure_and_a_finding_says_so(tmp_path: Path) -> None:
    def wrong(sheets: Sheets) -> None:
        put("绩效指标", 1, "完成情况说明", "开展30场，扣4分，该指标得分为16分。")(sheets)
        put_info("自评工作开展情况", "共包括3个项目，涉及预算资金55万元，自评覆盖率达到100%。")(sheets)

    report = written(tmp_path, wrong)
    assert "开展30场，扣5分，该指标得分为15分。" in text_of(report)
    assert "共包括2个项目，涉及预算资金55万元" in text_of(report)
    findings = {finding["code"]: finding for finding in perfeval("check", tmp_path)[1]["findings"]}
    assert {"C405", "C421"} <= set(findings)
    assert findings["C405"]["subject"] == "读者活动场次"
    lead = findings["C421"]
    assert (lead["actual"], lead["expected"], lead["sources"][0]["cell"]) == ("3", "2", "B9")


def test_the_forms_follow_as_appendices(tmp_path: Path) -> None:
    report = written(tmp_path, lambda _: None, "--appendices")
    lines = lines_of(report)
    at = lines.index("附件1.2")
    form = "\n".join(lines[at:])
    assert lines.index("附件1.1") < at
    for cell in (
        "馆舍维护",
        "120,000.00",
        "114,000.00",
        "95.00%",
        "18.00",
        "19.00",
        "25.50",
        "55.50",
        "92.50",
        "优",
    ):
        assert cell in form
    assert "原因：渗漏未根治\n改进措施：明年整体翻修" in form
    assert "产出指标（30分）" in form
    plain = written(tmp_path / "plain")
    assert "附件1.2" not in lines_of(plain)
    assert text_of(report).startswith(text_of(plain))


def test_level_cells_are_merged(tmp_path: Path) -> None:
    table = docx.Document(str(written(tmp_path))).tables[2]
    merges = [
        [
            element.get(qn("w:val")) if (element := cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")) is not None else None
            for cell in row._tr.tc_lst[:2]
        ]
        for row in table.rows[2:]
    ]
    assert merges == [["restart", "restart"], ["continue", "continue"], ["restart", "restart"]]
    assert [[cell.text for cell in row.cells][3] for row in table.rows[2:]] == ["≥5000册", "≥40场", "≥90%"]
    headers = [row._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in table.rows]
    assert headers == [True, True, False, False, False]


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = written(tmp_path / "1"), written(tmp_path / "2")
    assert first.read_bytes() == second.read_bytes()
    assert {info.date_time for info in zipfile.ZipFile(first).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_no_report(tmp_path: Path) -> None:
    report = written(tmp_path, lambda _: None, "--no-report")
    assert not report.exists()
    assert invoke("run", tmp_path, "--no-report", "--appendices").exit_code == 2


def test_the_manifest_lists_the_report(tmp_path: Path) -> None:
    _, manifest = perfeval("run", write_folder(tmp_path, whole_year()))
    assert [output["path"] for output in manifest["outputs"] if output["kind"] == "report"] == [REPORT]
    assert [output["kind"] for output in manifest["outputs"]] == ["form", "form", "summary", "report"]


def test_each_unit_of_a_batch_has_its_own(tmp_path: Path) -> None:
    for name in ("甲馆", "乙馆"):
        sheets = whole_year()
        for row in sheets["预算执行情况"][3:]:
            row[0] = name
        write_folder(tmp_path / name, sheets)
    status, manifest = perfeval("run", tmp_path)
    assert status == 0
    reports = [output["path"] for output in manifest["outputs"] if output["kind"] == "report"]
    assert sorted(reports) == sorted(f"{name}/{REPORT}" for name in ("甲馆", "乙馆"))
    assert "甲馆对2024年度项目支出" in text_of(tmp_path / "自评结果" / "甲馆" / REPORT)


def test_an_unchanged_unit_is_written_again_when_other_documents_are_wanted(tmp_path: Path) -> None:
    for name in ("甲馆", "乙馆"):
        write_folder(tmp_path / name, whole_year())
    reports = [tmp_path / "自评结果" / unit / REPORT for unit in ("某区图书馆", "某区图书馆-2")]
    assert invoke("run", tmp_path, "--quiet").exit_code == 0
    assert all("附件1.2" not in lines_of(report) for report in reports)
    assert invoke("run", tmp_path, "--quiet", "--appendices").exit_code == 0
    assert all("附件1.2" in lines_of(report) for report in reports)
    assert invoke("run", tmp_path, "--quiet", "--no-report").exit_code == 0
    assert not any(report.exists() for report in reports)


# Templates


def one_line(path: Path, *lines: str) -> Path:
    """A template of a few paragraphs."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(str(path))
    return path


def scheme_with(folder: Path, *lines: str) -> Path:
    """A scheme folder whose report has these paragraphs."""
    own = folder / "own-scheme"
    own.mkdir(parents=True)
    for name in ("scheme.toml", "form.xlsx"):
        (own / name).write_bytes((templates_folder() / "hongshan-2019" / name).read_bytes())
    if lines:
        one_line(own / "report.docx", *lines)
    return own


def run_with(folder: Path, *lines: str) -> tuple[int, dict[str, Any]]:
    scheme = scheme_with(folder, *lines)
    return perfeval("run", write_folder(folder / "year", whole_year()), "--scheme", scheme)


def test_a_scheme_without_a_report_has_the_default_one_and_says_so(tmp_path: Path) -> None:
    scheme = scheme_with(tmp_path)
    result = invoke("run", write_folder(tmp_path / "year", whole_year()), "--scheme", scheme)
    assert result.exit_code == 0
    assert "方案“own-scheme”的文件夹中没有 report.docx，用了 hongshan-2019 的" in result.stderr
    assert "report.docx" not in invoke("run", tmp_path / "year").stderr
    assert "一、绩效自评工作开展情况" in text_of(tmp_path / "year" / "自评结果" / REPORT)


@pytest.mark.parametrize("scheme", scheme_names())
def test_every_scheme_has_a_report_that_names_each_source(tmp_path: Path, scheme: str) -> None:
    assert (templates_folder() / scheme / "report.docx").is_file()
    report = written(tmp_path, lambda _: None, "--scheme", scheme, "--appendices")
    text = text_of(report)
    assert "到位资金中中央转移支付资金10万元，区级预算资金33万元。" in text
    assert marked(report) == []
    assert text.index("附件1.1\n") < text.index("附件1.2\n")


def test_an_officer_can_write_a_template_of_his_own(tmp_path: Path) -> None:
    lines = [
        "{{ 单位名称 }}：{{ 报告信息.自评时间 }}、{{ 报告信息.填报人 }}",
        "{%p for 项 in 项目 %}",
        "{{ 项.项目名称 }}",
        "{%p endfor %}",
    ]
    assert run_with(tmp_path, *lines)[0] == 0
    report = tmp_path / "year" / "自评结果" / REPORT
    assert lines_of(report) == ["某区图书馆：2025年3月、【待补充：填报人】", "读者服务", "馆舍维护", ""][:3]
    assert marked(report) == ["【待补充：填报人】"]


def test_a_form_in_a_template_of_his_own(tmp_path: Path) -> None:
    lines = ["{%p for 表 in 附件 %}", "{{ 表.附件号 }}", "{{p 表.自评表 }}", "{%p endfor %}", "完"]
    year = write_folder(tmp_path / "year", whole_year())
    report = year / "自评结果" / REPORT
    assert invoke("run", year, "--appendices", "--scheme", scheme_with(tmp_path, *lines)).exit_code == 0
    assert [table.cell(0, 0).text for table in docx.Document(str(report)).tables] == ["项目支出绩效自评表"] * 2
    other = scheme_with(tmp_path / "other", *(line.replace("{{p", "{{") for line in lines))
    status, manifest = perfeval("run", year, "--appendices", "--scheme", other)
    assert (status, codes_of(manifest)[0]) == (1, "O502")
    assert "要写成“{{p 表.自评表 }}”，单独成段" in manifest["findings"][0]["message"]


BROKEN = {
    "{{ 单位名成 }}": "“own-scheme/report.docx”中的名称“单位名成”不认识（是否想写“单位名称”？）",
    "{%p for 项 in 项目 %}{{ 项.项目名程 }}": "标记写法有误",
    "{% for 项 in 项目 %}{{ 项.项目名程 }}{% endfor %}": "中的名称“项目名程”不认识（是否想写“项目名称”？）",
    "甲乙{{ 单位名称 | 万圆 }}": "在“甲乙{{ 单位名称 | 万圆 }}”一段",
    "{{ 单位名称 }": "标记写法有误",
    "{% include '/etc/passwd' %}": "不能填写",
    "{% import 'os' as os %}": "不能填写",
    "{% extends 'base' %}": "不能填写",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}": "own-scheme/report.docx",
    "{{ 项目.append(1) }}": "own-scheme/report.docx",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}": "own-scheme/report.docx",
    "{{ '{0.__class__}'.format(单位名称) }}": "own-scheme/report.docx",
    "{{ 1 / 0 }}": "不能填写",
    "{% set x = 单位名称.encode %}{{ x.__self__ }}": "own-scheme/report.docx",
}


@pytest.mark.parametrize("line", BROKEN)
def test_a_broken_or_hostile_template_is_a_finding_and_the_rest_goes_on(tmp_path: Path, line: str) -> None:
    status, manifest = run_with(tmp_path, line)
    assert status == 1
    assert codes_of(manifest)[0] == "O502"
    finding = manifest["findings"][0]
    assert BROKEN[line] in finding["message"]
    assert "没有生成报告" in finding["message"]
    assert finding["unit"] == "某区图书馆"
    assert [output["kind"] for output in manifest["outputs"]] == ["form", "form", "summary"]
    assert str(tmp_path) not in finding["message"]


def test_what_a_template_declares_safe_is_text_all_the_same(tmp_path: Path) -> None:
    assert run_with(tmp_path, "{{ '</w:t></w:r></w:p>'|safe }}")[0] == 0
    assert lines_of(tmp_path / "year" / "自评结果" / REPORT)[0] == "</w:t></w:r></w:p>"


def test_a_template_that_is_no_document_is_a_finding(tmp_path: Path) -> None:
    scheme = scheme_with(tmp_path)
    (scheme / "report.docx").write_bytes(b"nothing")
    status, manifest = perfeval("run", write_folder(tmp_path / "year", whole_year()), "--scheme", scheme)
    assert (status, codes_of(manifest)[0]) == (1, "O502")
    assert "打不开，或不是 Word 文档" in manifest["findings"][0]["message"]


def test_other_parts_of_the_template_arrive_unchanged(tmp_path: Path) -> None:
    template = zipfile.ZipFile(templates_folder() / "hongshan-2019" / "report.docx")
    report = zipfile.ZipFile(io.BytesIO(written(tmp_path).read_bytes()))
    assert set(report.namelist()) == set(template.namelist())
    assert [name for name in template.namelist() if template.read(name) != report.read(name)] == ["word/document.xml"]


def test_the_clean_year_of_the_other_tests_has_a_report_too(tmp_path: Path) -> None:
    status, manifest = perfeval("run", write_folder(tmp_path, changed(lambda _: None)))
    assert (status, manifest["findings"]) == (0, [])
