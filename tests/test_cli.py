"""The commands as an operator and a script meet them: exit codes, streams, places, several units."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import perfeval_xl
from tests.workbooks import EXECUTION, Sheets, changed, clean_year, codes_of, invoke, perfeval, put, write_folder


def test_check_writes_nothing(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, clean_year())
    before = sorted(tmp_path.iterdir())
    status, manifest = perfeval("check", folder)
    assert (status, manifest["outputs"], sorted(tmp_path.iterdir())) == (0, [], before)


def test_nothing_to_work_out_is_3_and_writes_nothing(tmp_path: Path) -> None:
    status, manifest = perfeval("run", tmp_path)
    assert (status, codes_of(manifest), manifest["units"], list(tmp_path.iterdir())) == (3, ["R112"], [], [])


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["run", "没有的文件夹"], "没有文件夹"),
        (["run", "."], "不知道是哪一年"),
        (["run", ".", "--scheme", "hongshan-2091", "--year", "2024"], "是否想写“hongshan-2019”"),
        (["run", ".", "--yaer", "2019"], "--year"),
        (["explain", "S35"], "S305"),
        (["run", ".", "--year", "19"], "2000 到 2099"),
        (["run"], "写成 perfeval-xl run 文件夹"),
        (["run", ".", "别的"], "两端加英文引号"),
        (["run", "0.xlsx"], "0.xlsx 是一个文件，这里要写文件夹"),
        (["mail", ".", "--recipients", "."], ". 是一个文件夹，这里要写文件"),
        (["run", ".", "--format", "xml"], "text、json 之一"),
        (["run", ".", "--strict=1"], "--strict 后面不应有内容"),
        (["run", ".", "--out"], "--out 后面缺少内容"),
        (["explain", "--foo"], "perfeval-xl explain --help"),
        (["rnu"], "没有命令"),
        ([], "用法"),
    ],
)
def test_wrong_usage_is_2_in_chinese(
    args: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets = clean_year()
    sheets["预算执行情况"][0] = ["项目支出预算执行情况表"]
    monkeypatch.chdir(write_folder(tmp_path, sheets))
    result = invoke(*args)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("yaer = 2019", "不认识的项“yaer”（是否想写“year”？）"),
        ("year = '2019'", "year 应当是"),
        ("year = ", "不是有效的 TOML"),
        ("year = 99999", "year 应当是"),
        ("columns = 1", "columns 应当是一张表"),
        ("[columns.exeuction]\na = 'b'", "是否想写“execution”"),
    ],
)
def test_wrong_settings_are_2(text: str, words: str, tmp_path: Path) -> None:
    write_folder(tmp_path, clean_year())
    (tmp_path / "perfeval.toml").write_text(text, encoding="utf-8")
    result = invoke("check", tmp_path)
    assert result.exit_code == 2
    assert words in result.stderr


def test_settings_rule_where_the_workbooks_are_silent(tmp_path: Path) -> None:
    sheets = clean_year()
    sheets["预算执行情况"][1] = []
    sheets["预算执行情况"][2] = ["本年指标数" if heading == "全年预算数" else heading for heading in EXECUTION]
    (tmp_path / "perfeval.toml").write_text(
        'amount_unit = "万元"\nyear = 2023\n[columns.execution]\n"本年指标数" = "全年预算数"\n', encoding="utf-8"
    )
    _, manifest = perfeval("check", write_folder(tmp_path, sheets))
    assert manifest["year"] == 2023
    assert manifest["units"][0]["projects"][1]["annual_budget"] == "1200000000.00"
    assert manifest["units"][0]["projects"][1]["final_accounts"] == "114000.00"
    assert "R108" not in codes_of(manifest)
    assert {finding["code"] for finding in manifest["findings"]} == {"M221"}
    assert all("元与万元" in finding["message"] for finding in manifest["findings"])


@pytest.mark.parametrize(
    ("year", "info", "status"), [("2024", "2024", 0), ("2024", "2023", 2), ("", "2024年度", 0), ("", "", 2)]
)
def test_the_year_is_agreed_on(year: str, info: str, status: int, tmp_path: Path) -> None:
    sheets = clean_year()
    sheets["预算执行情况"][0] = [f"{year}年度执行情况表" if year else "执行情况表"]
    sheets["报告信息"] = [["名称", "内容"], ["年度", info]]
    assert invoke("check", write_folder(tmp_path, sheets)).exit_code == status
    assert perfeval("check", tmp_path, "--year", 2020)[1]["year"] == 2020


def test_a_withheld_form_keeps_its_number_and_stops_nobody(tmp_path: Path) -> None:
    status, manifest = perfeval("run", write_folder(tmp_path, changed(put("预算执行情况", 0, "全年执行数", "不详"))))
    first, second = manifest["units"][0]["projects"]
    assert status == 1
    assert (first["form"], first["executed"], first["total_score"], first["grade"]) == (None, None, None, None)
    assert (first["number"], second["number"]) == ("1.1", "1.2")
    assert second["form"] == "附件1.2 馆舍维护项目支出绩效自评表.xlsx"
    assert manifest["units"][0]["summary"] == {"annual_budget": "550000.00", "executed": None, "execution_rate": None}
    assert sorted(path.name for path in (tmp_path / "自评结果").iterdir()) == [
        "2024年度项目支出绩效自评报告.docx",
        "manifest.json",
        "绩效自评汇总表.xlsx",
        second["form"],
    ]


def test_an_old_form_goes_when_it_is_withheld_now(tmp_path: Path) -> None:
    write_folder(tmp_path, clean_year())
    assert perfeval("run", tmp_path)[0] == 0
    perfeval("run", write_folder(tmp_path, changed(put("预算执行情况", 0, "全年执行数", "不详"))))
    assert not list((tmp_path / "自评结果").glob("附件1.1*"))


def test_a_dash_is_nothing_and_a_blank_is_unknown(tmp_path: Path) -> None:
    for text, executed in (("-", "0.00"), ("", None)):
        _, manifest = perfeval("check", write_folder(tmp_path, changed(put("预算执行情况", 3, "全年执行数", text))))
        assert manifest["units"][0]["projects"][1]["executed"] == executed


def two_units() -> Sheets:
    sheets = clean_year()
    for title, start in (("预算执行情况", 3), ("项目信息", 1), ("绩效指标", 1), ("项目支出决算", 2)):
        rows = sheets[title]
        if title != "预算执行情况":
            rows[start - 1 :] = [["预算单位", *rows[start - 1]], *(["某区图书馆", *row] for row in rows[start:])]
        rows += [["某区文化馆", *row[1:]] for row in rows[start:]]
    return sheets


def test_several_units_get_a_folder_each(tmp_path: Path) -> None:
    status, manifest = perfeval("run", write_folder(tmp_path, two_units()))
    assert (status, [unit["unit"] for unit in manifest["units"]]) == (0, ["某区图书馆", "某区文化馆"])
    assert manifest["units"][0]["projects"] == manifest["units"][1]["projects"]
    for unit in manifest["units"]:
        own = json.loads((tmp_path / "自评结果" / unit["unit"] / "manifest.json").read_text(encoding="utf-8"))
        assert own["units"] == [unit]
        assert next(output["path"] for output in own["outputs"]) == unit["projects"][0]["form"]
    for output in manifest["outputs"]:
        assert (tmp_path / "自评结果" / output["path"]).is_file()


def test_units_must_be_named_everywhere_when_there_are_several(tmp_path: Path) -> None:
    sheets = two_units()
    sheets["绩效指标"] = clean_year()["绩效指标"]
    status, manifest = perfeval("check", write_folder(tmp_path, sheets))
    assert (status, codes_of(manifest)) == (3, ["R105", "R112"])


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        for title in ("项目信息", "绩效指标"):
            sheets[title] = [["@=1+1 <&>" if cell == "馆舍维护" else cell for cell in row] for row in sheets[title]]
        put("项目信息", 1, "年初设定目标", "+馆舍{{安全}}")(sheets)

    _, manifest = perfeval("run", write_folder(tmp_path, changed(change)))
    form = manifest["units"][0]["projects"][1]["form"]
    assert form == "附件1.2 @=1+1 _&_项目支出绩效自评表.xlsx"
    cells = [
        cell for row in openpyxl.load_workbook(tmp_path / "自评结果" / form).worksheets[0].iter_rows() for cell in row
    ]
    assert {cell.data_type for cell in cells if cell.value in ("@=1+1 <&>", "+馆舍{{安全}}")} == {"s"}
    assert {"@=1+1 <&>", "+馆舍{{安全}}"} <= {cell.value for cell in cells}


def test_results_that_cannot_be_written_are_4(tmp_path: Path) -> None:
    write_folder(tmp_path, clean_year())
    (tmp_path / "自评结果").write_text("一个文件", encoding="utf-8")
    result = invoke("run", tmp_path)
    assert result.exit_code == 4
    assert "自评结果" in result.stderr


def test_out_puts_the_results_elsewhere(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "某区图书馆", clean_year())
    assert perfeval("run", folder, "--out", tmp_path / "报送")[0] == 0
    assert (tmp_path / "报送" / "绩效自评汇总表.xlsx").is_file()
    assert not (folder / "自评结果").exists()


def test_off_a_terminal_nothing_is_wrapped_or_coloured(tmp_path: Path) -> None:
    change = put("项目信息", 1, "全年实际完成情况", "渗漏。" * 200)
    done = subprocess.run(
        [sys.executable, "-m", "perfeval_xl", "check", write_folder(tmp_path, changed(change))],
        capture_output=True, text=True, encoding="utf-8", check=False, env=os.environ | {"PYTHONIOENCODING": "utf-8", "COLUMNS": "40"},
    )  # fmt: skip
    assert done.returncode == 0
    assert "\x1b" not in done.stdout + done.stderr
    assert [line for line in done.stdout.splitlines() if "C402" in line and line.endswith("没有写为什么扣分。")]


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (["--help"], 0),
        (["run", "--help"], 0),
        (["explain"], 0),
        (["explain", "S305"], 0),
        (["explain", "没有"], 2),
        (["schemes"], 0),
        (["--version"], 0),
        (["run"], 2),
        (["没有"], 2),
        (["run", "没有的文件夹"], 2),
        (["check", ".", "--year", "19"], 2),
        (["run", ".", "--scheme", "没有"], 2),
        (["run", ".", "--no-report", "--appendices"], 2),
    ],
)
def test_what_needs_no_data_loads_nothing_heavy(command: list[str], status: int) -> None:
    code = (
        "import sys; from perfeval_xl.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as e:\n"
        "    sys.exit(99 if {'pandas', 'numpy', 'lxml', 'xlsxwriter', 'docx'} & {*sys.modules} else e.code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *command],
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == status, done.stderr.decode()


def test_every_code_is_explained() -> None:
    from perfeval_xl.findings import catalogue

    listed = invoke("explain").stdout
    for code, text in catalogue().items():
        assert f"{code}  " in listed
        assert text.advice in invoke("explain", code).stdout


@pytest.mark.parametrize("command", [["run", "--help"], ["check", "--help"], ["--help"], ["explain", "--help"]])
def test_help_is_chinese(command: list[str]) -> None:
    shown: Any = invoke(*command).stdout
    assert not {"Usage", "Options", "Commands", "Show this", "exit."} & set(shown.replace(":", " ").split())


#: The public contract's table of commands.
CONTRACT = {
    "run": "-o --out --scheme --year --jobs --strict --no-report --appendices --keep-edits --force --cluster --format",
    "check": "--scheme --year --strict --format",
    "review": "--against -o --jobs --format",
    "mail": "--recipients --smtp --send --test-to --limit --resend --allow-changed --include-restricted",
    "init": "--scheme --from",
    "plan": "",
    "explain": "",
    "schemes": "",
}


@pytest.mark.parametrize("command", CONTRACT)
def test_every_option_of_the_contract_is_there(command: str) -> None:
    shown = set(invoke(command, "--help").stdout.replace(",", " ").split())
    assert {*CONTRACT[command].split(), "--quiet", "--verbose", "--version"} <= shown


@pytest.mark.parametrize("command", ["", *CONTRACT])
def test_every_command_says_its_version(command: str) -> None:
    result = invoke(*command.split(), "--version")
    assert (result.exit_code, result.stdout) == (0, f"perfeval-xl {perfeval_xl.__version__}\n")


def test_quiet_and_verbose_mean_the_same_before_the_command(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, clean_year())
    assert "下一步" in invoke("check", folder).stderr
    assert invoke("--quiet", "check", folder).stderr == invoke("check", folder, "--quiet").stderr == ""
    assert "读取 0.xlsx" in invoke("--verbose", "check", folder).stderr


@pytest.mark.parametrize(
    ("change", "step"),
    [
        (put("绩效指标", 0, "分值", 10), "先改正错误"),
        (put("绩效指标", 1, "未完成原因", ""), "perfeval-xl run"),
        (put("项目信息", 0, "序号", 1), "生成自评表：perfeval-xl run"),
    ],
)
def test_a_check_names_the_next_command(change: Callable[[Sheets], None], step: str, tmp_path: Path) -> None:
    assert step in invoke("check", write_folder(tmp_path, changed(change))).stderr


def test_errors_come_first_whatever_their_project(tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        put("绩效指标", 0, "未完成原因", "")(sheets)
        put("绩效指标", 0, "全年完成值", "100册")(sheets)
        put("绩效指标", 4, "分值", 20)(sheets)

    lines = invoke("check", write_folder(tmp_path, changed(change))).stdout.splitlines()
    labels = [line.split()[0] for line in lines if line.startswith(("  错误", "  警告", "  提示"))]
    assert labels == sorted(labels, key=["错误", "警告", "提示"].index)
    assert len(set(labels)) > 1


def test_an_empty_folder_and_blank_tables_are_told_apart(tmp_path: Path) -> None:
    assert "文件夹中没有工作簿" in invoke("check", tmp_path).stdout
    invoke("init", tmp_path / "空白", "--year", 2025)
    assert "绩效指标表还没有填写" in invoke("check", tmp_path / "空白").stdout
