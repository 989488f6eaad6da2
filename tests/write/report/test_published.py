"""The sample's report beside the published one, section by section: the same words, figures and cells, or a listed reason."""

import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from tests.workbooks import invoke
from tests.write.report.documents import lines_of, marked, text_of

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "sample_workbooks" / "hongshan-2019"
PUBLISHED = ROOT / "tests" / "published_report_2019.txt"
GOLDEN = ROOT / "tests" / "golden" / "report-2019.txt"
REPORT = "2019年度项目支出绩效自评报告.docx"
_SECTION = re.compile(r"([一二三四五]、|\d-\d(?:-\d)?、|\d\.(?=\D))")

#: Section → what the published report says otherwise, and what ours says in its place.
GOAL = "the goal's text differs between the published report and its form; the sample has the form's"
DIFFERENCES: dict[str, tuple[str, set[str], set[str]]] = {
    "1-2、": (GOAL, {"培养一批高素质专业化得人才"}, {"落实安全保卫工作和治保组织建设", "培养一批高素质专业化人才"}),
    "2-2、": (
        GOAL,
        {"极大地改善民警的办公条件", "激发民警活力", "提高机关战斗力和服务群众效能", "增强公安机关的社会管理和服务能力", "进一步提高公安机关社会形象"},
        {"极大地改善了民警的办公条件", "激发了民警活力", "提高了机关战斗力和服务群众效能", "增强了公安机关的社会管理和服务能力", "进一步提高了公安机关社会形象"},
    ),
    "5-2、": (GOAL, {"为第七届世界军人运动会的顺利举行提供支持和保障"}, {"为第七届世界军人运动会的顺利举办提供支持和保障"}),
    "1-3-2、": ("the form's reason, which the published text leaves out", set(), {"未完成原因:部分人员认为食堂的菜品较少", "希望菜品选择可以多一点"}),
    "2-5、": ("published with a wrong number", {"(3)改进措施"}, {"(2)改进措施"}),
    "3-5、": ("published with a wrong number", {"(4)改进措施"}, {"(2)改进措施"}),
    "3-3-2、": ("report and form have these two in another order", {"3命案破案率(6分)", "4打掉涉恶犯罪团伙(6分)"}, {"3打掉涉恶犯罪团伙(6分)", "4命案破案率(6分)"}),
    "五、": ("the place for the seal and the date", set(), {"武汉市公安局洪山区分局(盖章)", "2020年5月"}),
}  # fmt: skip


def write_report(folder: Path, *options: str) -> Path:
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("自评结果"))
    assert invoke("run", folder, "--quiet", *options).exit_code == 0
    return folder / "自评结果" / REPORT


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(tmp_path_factory.mktemp("report") / "2019")


def normalised(text: str) -> str:
    """Width and spaces vary in the published text, and 16219.1 stands beside 16219.10."""
    bare = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"(?<![\d.])(\d+\.\d)(?![\d%])", r"\g<1>0", bare)


def sections(lines: list[str]) -> dict[str, list[str]]:
    parts: dict[str, list[str]] = {"": []}
    current = ""
    for line in lines:
        if found := _SECTION.match(normalised(line)):
            current = found[1]
        parts.setdefault(current, []).append(line.removeprefix("- "))
    return parts


def pieces(lines: list[str]) -> set[str]:
    """Every clause, list entry and table cell of a section."""
    return {
        normalised(piece).rstrip("。") for line in lines for piece in re.split(r"[。;；,，\t\n]", line) if piece.strip()
    } - {"-", ""}


def whole(lines: list[str]) -> str:
    """A section without its breaks: the published text breaks paragraphs at the end of a page."""
    return "".join(normalised(cell) for line in lines for cell in line.split("\t"))


def test_every_section_says_what_the_published_one_says(report: Path) -> None:
    published = sections(PUBLISHED.read_text(encoding="utf-8").splitlines())
    ours = sections(lines_of(report))
    assert list(published) == list(ours)
    for name, lines in published.items():
        _, theirs, own = DIFFERENCES.get(name, ("", set(), set()))
        said, published_said = whole(ours[name]), whole(lines)
        lacking = {piece for piece in pieces(lines) if piece not in said}
        assert lacking == theirs, name
        assert {piece for piece in pieces(ours[name]) if piece not in published_said} == own, name


def rows(lines: list[str]) -> list[list[str]]:
    return [[normalised(cell) for cell in line.split("\t")] for line in lines if "\t" in line]


def test_the_summary_table_is_the_published_one(report: Path) -> None:
    published = rows(sections(PUBLISHED.read_text(encoding="utf-8").splitlines())["二、"])
    ours = rows(sections(lines_of(report))["二、"])
    assert len(published) == 7
    assert [[cell for cell in row if cell] for row in ours] == [[cell for cell in row if cell] for row in published]


@pytest.mark.parametrize("project", range(1, 6))
def test_the_indicator_table_is_the_published_one(report: Path, project: int) -> None:
    published = rows(sections(PUBLISHED.read_text(encoding="utf-8").splitlines())[f"{project}-2、"])[2:]
    ours = rows(sections(lines_of(report))[f"{project}-2、"])[2:]
    level1 = level2 = ""
    filled = []
    for row in ours:
        level1, level2 = row[0] or level1, row[1] or level2
        filled.append({level1, level2, *row[2:]} - {""})
    assert len(published) == len(ours)
    for row in published:
        cells = {cell for cell in row if cell}
        assert [other for other in filled if cells <= other], cells


def test_nothing_is_left_to_fill_in(report: Path) -> None:
    assert marked(report) == []
    assert "{{" not in text_of(report)


def test_it_prints_with_every_page_numbered_and_every_form_on_one(tmp_path: Path) -> None:
    if not (shutil.which("soffice") and shutil.which("pdftotext")):
        pytest.skip("LibreOffice or pdftotext is not installed")
    report = write_report(tmp_path / "2019", "--appendices")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(report)]
    subprocess.run(command, check=True, capture_output=True, timeout=100)
    printed = subprocess.run(
        ["pdftotext", "-layout", str((tmp_path / REPORT).with_suffix(".pdf")), "-"], check=True, capture_output=True
    )
    pages = printed.stdout.decode().split("\f")[:-1]
    numbers = [re.findall(r"—\s*(\d+)\s*—", page)[-1:] for page in pages]
    assert numbers == [[str(at)] for at in range(1, len(pages) + 1)]
    forms = [page for page in pages if re.search(r"附件 ?1\.\d\s+项目支出绩效自评表\s", page)]
    assert len(forms) == 5
    assert pages[-5:] == forms


def test_the_report_is_the_golden_one(report: Path) -> None:
    """``python -m tests.write.report.test_published`` writes it anew."""
    assert GOLDEN.read_text(encoding="utf-8") == text_of(report) + "\n"


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text_of(write_report(Path(folder) / "2019")) + "\n", encoding="utf-8")
    sys.exit(0)
