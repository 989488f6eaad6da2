"""Schemes as folders: the shipped ones, the documented one, and what is said of slips in a file."""

import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from perfeval_xl.errors import UsageError
from perfeval_xl.scheme import Scheme, load_scheme, scheme_names, templates_folder
from tests.workbooks import clean_year, invoke, perfeval, write_folder

DOCS = Path(__file__).parents[1] / "docs" / "schemes.md"
EXAMPLE = re.findall(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)[0]


def written(folder: Path, text: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "scheme.toml").write_text(text, encoding="utf-8")
    shutil.copy(templates_folder() / "mof-2020" / "form.xlsx", folder)
    return str(folder)


@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("hongshan-2019", (2000, 2000, 6000)),
        ("hubei-2020", (2000, None, 8000)),
        ("mof-2020", (1000, None, 9000)),
        ("sichuan-2023", (1000, None, 9000)),
    ],
)
def test_the_shipped_schemes(name: str, points: tuple[int, int | None, int]) -> None:
    scheme = load_scheme(name)
    assert (scheme.funding_points, scheme.goal_points, scheme.indicator_points) == points
    assert [scheme.grade(total) for total in (10000, 9000, 8999, 8000, 7999, 6000, 5999, 0)] == list("优优良良中中差差")
    assert name in scheme_names()


def test_the_ministrys_groups_and_bands() -> None:
    scheme = load_scheme("mof-2020")
    assert scheme.groups == {"产出指标": 5000, "效益指标": 3000, "满意度指标": 1000}
    assert scheme.bands["部分达成年度指标并具有一定效果"] == (6000, 8000)
    assert load_scheme("hubei-2020").bands["部分达成并具有一定效果"] == (5000, 8000)


def test_the_documented_example_works(tmp_path: Path) -> None:
    scheme = load_scheme(written(tmp_path / "本区2025", EXAMPLE))
    assert (scheme.name, scheme.reverse, scheme.place) == ("本区2025", "线性扣减", 1)
    assert scheme.rule_name("达到得满分,否则不得分") == "达标得分"
    assert scheme.source_row("中央补助") == "财政拨款"
    assert scheme.thresholds["over_target"] == Decimal("1.3")
    assert scheme.bands["部分达成预期指标并具有一定效果"] == (6000, 8000)


def test_every_key_is_documented() -> None:
    keys = {
        key
        for scheme in scheme_names()
        for key in re.findall(
            r"^\[*(\w+)", (templates_folder() / scheme / "scheme.toml").read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    text = DOCS.read_text(encoding="utf-8")
    assert not [key for key in keys if key not in text]


def test_a_scheme_by_folder_and_by_settings(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "馆", clean_year())
    named = written(folder / "本区2025", EXAMPLE)
    assert perfeval("check", folder, "--scheme", named)[1]["scheme"] == "本区2025"
    (folder / "perfeval.toml").write_text('scheme = "本区2025"', encoding="utf-8")
    manifest = perfeval("check", folder)[1]
    assert (manifest["scheme"], manifest["units"][0]["projects"][0]["scores"]["goal"]) == ("本区2025", None)


def test_a_file_saved_by_notepad(tmp_path: Path) -> None:
    folder = written(tmp_path / "甲", "")
    (Path(folder) / "scheme.toml").write_text(EXAMPLE, encoding="utf-8-sig", newline="\r\n")
    assert isinstance(load_scheme(folder), Scheme)


def line(words: str) -> int:
    """The number of the example's line that begins with these words."""
    return next(number for number, text in enumerate(EXAMPLE.splitlines(), 1) if text.startswith(words))


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        ("funding = 20", "fundin = 20", "funding", "不认识的项“fundin”（是否想写“funding”？）"),
        ("[points]", "[poins]", "[points]", "不认识的项“poins”（是否想写“points”？）"),
        ('reverse = "线性扣减"', 'revers = "线性扣减"', "reverse", "是否想写“reverse”"),
        ("from = 0.6", "form = 0.6", "from = 0.6", "不认识的项“form”（是否想写“from”？）"),
        ("funding = 20", 'funding = "20"', "funding", "“funding”应当是不小于 0 的数字"),
        ("funding = 20", "funding = true", "funding", "应当是不小于 0 的数字"),
        ("funding = 20", "funding = -20", "funding", "应当是不小于 0 的数字"),
        ("funding = 20", "funding = nan", "funding", "应当是不小于 0 的数字"),
        ("funding = 20", "funding = 20.001", "funding", "至多有两位小数"),
        ("funding = 20", "funding = 30", "[points]", "合计 110 分，应当是 100 分"),
        ('"效益指标" = 30', '"效益指标" = 20', "[groups]", "合计 70 分，应当等于指标分值 80 分"),
        ("from = 90", "from = 80", "from = 80", "各档的起点应当互不相同"),
        ('from = 0\n\n[thresholds]', 'from = 1\n\n[thresholds]', "[[grades]]", "最低一档应当从 0 分起"),
        ('words = "定性"', 'words = "定质"', "words", "“words”应当是按比例、达标得分、定性、扣分、人工评分之一"),
        ('"达标得分" = [', '"达标" = [', '"达标得分"', "“达标”不是评分规则（是否想写“达标得分”？）"),
        ('"较好" = 0.85', '"较好" = 85', "coefficients", "“较好”应当是 0 到 1 之间的数字"),
        ("to = 0.8", "to = 0.5", "from = 0.6", "“from”应当小于“to”"),
        ('"其他资金" = ["自筹资金"]', '"其他资金" = "自筹资金"', '"其他资金"', "应当是一组文字"),
        ("execution_rate = 0.9", "", "[thresholds]", "[thresholds] 中缺少“execution_rate”"),
        ("[[grades]]", "[grades]", "", "不是有效的 TOML"),
        ("title =", "# title =", "", "缺少“title”"),
    ],
)  # fmt: skip
def test_slips_are_named_with_their_line(old: str, new: str, at: str, words: str, tmp_path: Path) -> None:
    assert old in EXAMPLE
    folder = written(tmp_path / "错", EXAMPLE.replace(old, new, 1))
    with pytest.raises(UsageError) as caught:
        load_scheme(folder)
    message = caught.value.message
    assert words in message
    assert str(Path(folder) / "scheme.toml") in message
    assert caught.value.advice
    if at:
        moved = at if old != "from = 90" else "from = 80"
        expected = line(moved)
        assert f"第 {expected} 行" in message


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    for section in ("points", "thresholds", "rules", "qualitative", "funding_sources"):
        text = re.sub(rf"^\[{section}\].*?(?=^\[)", "", EXAMPLE + "[end]", flags=re.MULTILINE | re.DOTALL)
        text = text.replace("[rules.names]", "#").replace('"达标得分"', "#").removesuffix("[end]")
        text = re.sub(r"\[\[qualitative\.bands\]\].*?(?=^\[|\Z)", "", text, flags=re.MULTILINE | re.DOTALL)
        with pytest.raises(UsageError, match=rf"缺少 \[{section}\] 一节"):
            load_scheme(written(tmp_path / "缺", text))


def test_a_scheme_without_its_form_or_in_another_encoding(tmp_path: Path) -> None:
    folder = written(tmp_path / "甲", EXAMPLE)
    (Path(folder) / "scheme.toml").write_bytes(EXAMPLE.encode("gbk"))
    with pytest.raises(UsageError, match="不是 UTF-8"):
        load_scheme(folder)
    (Path(folder) / "form.xlsx").unlink()
    with pytest.raises(UsageError, match=r"没有表样|没有.*form\.xlsx"):
        load_scheme(folder)


def test_a_wrong_scheme_is_wrong_usage(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "馆", clean_year())
    named = written(tmp_path / "错", EXAMPLE.replace("funding = 20", "fundin = 20"))
    result = invoke("run", folder, "--scheme", named)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"第 {line('funding')} 行" in result.stderr
    assert not (folder / "自评结果").exists()


def test_schemes_lists_weights_and_source() -> None:
    text = invoke("schemes").stdout
    assert "mof-2020" in text
    assert "预算执行 10，绩效指标 90（产出指标 50、效益指标 30、满意度指标 10）" in text
    assert "预算执行 20，总目标 20，绩效指标 60" in text
    assert text.count("依据：") == len(scheme_names())
