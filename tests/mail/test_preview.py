"""Who gets what, as the officer sees it before anything leaves."""

import email
import io
import json
import shutil
import zipfile
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from perfeval_xl.mail.secrecy import names_any
from perfeval_xl.mail.sending import State
from tests.mail.conftest import PEOPLE
from tests.mail.post_office import RECIPIENTS, Postbox, post, smtp_server, write_recipients
from tests.test_batch import batch, year_of
from tests.test_cli import two_units
from tests.workbooks import Sheets, changed, clean_year, invoke, perfeval, put, write_folder


def previews(results: Path) -> dict[str, EmailMessage]:
    """To → the preview."""
    found = {}
    for path in sorted((results / "发件箱").glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=default)
        assert isinstance(message, EmailMessage)
        found[message["To"].addresses[0].addr_spec] = message
    return found


def enclosed(message: EmailMessage) -> list[str]:
    return [str(part.get_filename()) for part in message.iter_attachments()]


def words_of(message: EmailMessage) -> str:
    """Everything that is said outside of the attachments."""
    bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
    return str(message["Subject"]) + "".join(body.get_content() for body in bodies if body)


def test_a_draft_for_each_and_a_list(results: Path) -> None:
    before = {path: path.read_bytes() for path in results.iterdir()}
    result = invoke("mail", results)
    assert result.exit_code == 0
    drafts = previews(results)
    assert list(drafts) == ["zhang@example.com", "zhao@example.com", "wang@example.com"]
    assert [enclosed(message) for message in drafts.values()] == [
        ["附件1.1 读者服务项目支出绩效自评表.xlsx"],
        ["附件1.2 馆舍维护项目支出绩效自评表.xlsx"],
        [
            "附件1.1 读者服务项目支出绩效自评表.xlsx",
            "附件1.2 馆舍维护项目支出绩效自评表.xlsx",
            "绩效自评汇总表.xlsx",
            "2024年度项目支出绩效自评报告.docx",
        ],
    ]
    draft = drafts["zhang@example.com"]
    assert (draft["X-Unsent"], draft["Cc"], draft["Date"]) == ("1", "li@example.com", None)
    assert draft["Subject"] == "某区图书馆2024年度项目支出绩效自评表：读者服务"
    assert "附件1.1 读者服务：全年预算数 43.00 万元，全年执行数 42.00 万元" in words_of(draft)
    assert "预算执行率 97.67%，自评得分 94.53，自评等级 优" in words_of(draft)
    for at, (path, message) in enumerate(zip(sorted((results / "发件箱").iterdir()), drafts.values(), strict=True)):
        line = next(line for line in result.stdout.splitlines() if line.startswith(f"{at + 1}/3"))
        assert f"{path.stat().st_size / 1024:.1f} KB" in line
        for name in enclosed(message):
            size = (results / name).stat().st_size
            assert f"    附件：{name}（{size / 1024:.1f} KB）" in result.stdout
    assert {path: path.read_bytes() for path in before} == before
    first = {path.name: path.read_bytes() for path in (results / "发件箱").iterdir()}
    assert invoke("mail", results).exit_code == 0
    assert {path.name: path.read_bytes() for path in (results / "发件箱").iterdir()} == first


def test_a_second_run_keeps_the_outbox(results: Path) -> None:
    with smtp_server(Postbox()) as server:
        post(results, server, limit=1)
    post(results)
    before = {path.name: path.read_bytes() for path in (results / "发件箱").iterdir()}
    for _ in range(2):
        status, manifest = perfeval("run", results.parent)
        assert (status, len(manifest["units"])) == (0, 1)
    assert {path.name: path.read_bytes() for path in (results / "发件箱").iterdir()} == before
    assert [outcome.state for outcome in post(results)] == [State.ALREADY, State.READY, State.READY]


@pytest.mark.parametrize(
    ("row", "place", "words"),
    [
        (["读者服务", "张三", "zhang@qq,com", ""], "C2", "“zhang@qq,com”不可能是邮箱地址"),
        (["读者服务", "张三", "", ""], "C2", "没有写邮箱"),
        (["读者服务部", "张三", "zhang@qq.com", ""], "A2", "是否想写“读者服务”"),
        (["", "张三", "zhang@qq.com", ""], "A2", "没有写项目名称"),
        (["读者服务", "张三", "zhang@qq.com", "li@"], "D2", "抄送“li@”不可能是邮箱地址"),
    ],
)
def test_a_wrong_row_names_its_cell_and_stops_nobody(
    row: list[str], place: str, words: str, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    people = write_recipients(results.parent.parent / "名单.xlsx", [row, *PEOPLE[1:]])
    result = invoke("mail", results, "--recipients", people)
    assert result.exit_code == 0
    assert f"收件人有误：名单.xlsx 收件人 {place}：" in result.stdout
    assert words in result.stdout
    with smtp_server(Postbox()) as server:
        result = invoke("mail", results, "--recipients", people, "--smtp", f"smtp://a@{server}", "--send")
    assert result.exit_code == 5
    assert f"已发送 {2 + (place == 'D2')} 封" in result.stdout


def test_rows_of_one_person_are_one_letter(results: Path) -> None:
    rows = [
        ["读者服务", "张三", "zhang@example.com", "a@example.com"],
        ["馆舍维护", "张三", "ZHANG＠example.com", "b@example.com、a@example.com；zhang@example.com"],
    ]
    people = write_recipients(results.parent.parent / "名单.xlsx", rows)
    (letter,) = [outcome.letter for outcome in post(results, recipients=people)]
    assert letter.to.copies == ("a@example.com", "b@example.com")
    assert [project.name for project in letter.to.projects] == ["读者服务", "馆舍维护"]
    assert not letter.to.everything


def test_projects_without_a_recipient_are_named(results: Path) -> None:
    people = write_recipients(results.parent.parent / "名单.xlsx", PEOPLE[:1])
    assert "没有收件人的项目：馆舍维护\n" in invoke("mail", results, "--recipients", people).stdout


def test_a_changed_a_missing_and_a_large_file_are_held(results: Path) -> None:
    form = next(results.glob("附件1.1*"))
    form.write_bytes(form.read_bytes() + b"\0")
    next(results.glob("附件1.2*")).unlink()
    (results.parent / "perfeval.toml").write_text("[mail]\nmax_size_mb = 1\n", encoding="utf-8")
    shown = invoke("mail", results).stdout
    assert "附件1.1 读者服务项目支出绩效自评表.xlsx：运行之后被改动过" in shown
    assert "附件1.2 馆舍维护项目支出绩效自评表.xlsx：文件不见了" in shown
    assert "共 3 封：暂不发送 3 封。" in shown
    assert [path.name[:4] for path in (results / "发件箱").iterdir()] == ["暂不发送"]
    form.write_bytes(bytes(1024 * 1024))
    (outcome, *_) = post(results, allow_changed=True)
    assert outcome.state is State.HELD
    assert "信有 1.4 MB（附件编码后约大三分之一），超过上限 1.0 MB" in outcome.troubles[0].reason


def test_open_errors_are_named_and_held_back(tmp_path: Path) -> None:
    sheets = changed(put("绩效指标", 3, "分值", 20)) | {"收件人": [RECIPIENTS, *PEOPLE]}
    assert invoke("run", write_folder(tmp_path, sheets)).exit_code == 1
    outcomes = post(tmp_path / "自评结果")
    assert [outcome.state for outcome in outcomes] == [State.READY, State.HELD, State.HELD]
    assert outcomes[1].troubles[0].where == "附件1.2 馆舍维护"
    assert "S301" in outcomes[1].troubles[0].reason


def test_a_withheld_form_holds_the_letter(tmp_path: Path) -> None:
    sheets = changed(put("预算执行情况", 0, "全年执行数", "不详")) | {"收件人": [RECIPIENTS, *PEOPLE]}
    invoke("run", write_folder(tmp_path, sheets))
    outcomes = post(tmp_path / "自评结果")
    assert [outcome.state for outcome in outcomes] == [State.HELD, State.READY, State.HELD]
    assert "暂不生成" in outcomes[0].troubles[0].reason


def with_restricted(mark: str, heading: str = "涉密") -> Sheets:
    sheets = clean_year() | {"收件人": [RECIPIENTS, *PEOPLE]}
    sheets["项目信息"][0].append(heading)
    sheets["项目信息"][1].append("否")
    sheets["项目信息"][2].append(mark)
    return sheets


@pytest.mark.parametrize(("mark", "heading"), [("是", "涉密"), ("√", "是否涉密"), ("秘密", "密级"), ("=A1", "涉密")])
def test_a_restricted_project_is_neither_attached_nor_named(mark: str, heading: str, tmp_path: Path) -> None:
    folder = write_folder(tmp_path, with_restricted(mark, heading))
    invoke("run", folder)
    results = folder / "自评结果"
    shown = invoke("mail", results, "--include-restricted").stdout
    assert "涉密项目 1 个也会寄出" in shown
    assert "绩效自评汇总表.xlsx" in enclosed(previews(results)["wang@example.com"])
    shown = invoke("mail", results).stdout
    drafts = previews(results)
    assert list(drafts) == ["zhang@example.com", "wang@example.com"]
    assert enclosed(drafts["wang@example.com"]) == [
        "附件1.1 读者服务项目支出绩效自评表.xlsx",
        "2024年度项目支出绩效自评报告.docx",
    ]
    assert "涉密项目 1 个（附件1.2）没有附上，信中也没有提到" in shown
    assert "汇总表列有涉密项目，没有附上" in shown
    for text in (shown, *(words_of(message) for message in drafts.values())):
        assert "馆舍维护" not in text
    with smtp_server(Postbox()) as server:
        post(results, server)
    for path in (results / "发件箱").iterdir():
        assert "馆舍维护" not in path.name + path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "telling"),
    [
        ("与馆舍 维护（二期）合并管理", True),
        ("馆舍的维护", False),
    ],
)
def test_a_letter_whose_form_names_a_restricted_project_is_held(words: str, telling: bool, tmp_path: Path) -> None:
    sheets = with_restricted("是")
    put("项目信息", 0, "全年实际完成情况", words)(sheets)
    invoke("run", write_folder(tmp_path, sheets))
    results = tmp_path / "自评结果"
    held = State.HELD if telling else State.READY
    outcomes = post(results)
    assert {outcome.letter.to.mailbox.name: outcome.state for outcome in outcomes} == {"张三": held, "王五": held}
    assert "馆舍维护" not in "".join(trouble.reason for outcome in outcomes for trouble in outcome.troubles)
    assert {outcome.state for outcome in post(results, include_restricted=True)} == {State.READY}


def package(text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", text)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "telling"),
    [
        (package("<t>安保</t><t>经费</t>"), True),
        (package("<t>安&#20445;经 费</t>"), True),
        (package("<t>军运会安保经费补助</t>"), False),
        (package("<t>军运会安保经费补助和安保经费</t>"), True),
        (package("<t>安保</t>"), False),
        (b"no package", True),
    ],
)
def test_what_names_a_restricted_project(content: bytes, telling: bool) -> None:
    assert names_any(content, ["安保经费"], ["军运会安保经费补助", "经费"]) == telling


@pytest.mark.parametrize("mark", ["", "否", "不涉密", "无"])
def test_what_is_not_restricted(mark: str, tmp_path: Path) -> None:
    _, manifest = perfeval("run", write_folder(tmp_path, with_restricted(mark)))
    assert [project["restricted"] for project in manifest["units"][0]["projects"]] == [False, False]


def test_a_manifest_that_does_not_say_what_is_restricted_is_not_trusted(results: Path) -> None:
    manifest = json.loads((results / "manifest.json").read_text(encoding="utf-8"))
    del manifest["units"][0]["projects"][0]["restricted"]
    (results / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    result = invoke("mail", results)
    assert (result.exit_code, "旧版本" in result.stderr) == (2, True)


@pytest.mark.parametrize("path", ["../0.xlsx", "/etc/hostname"])
def test_a_manifest_cannot_have_other_files_mailed(path: str, results: Path) -> None:
    manifest = json.loads((results / "manifest.json").read_text(encoding="utf-8"))
    manifest["outputs"][0]["path"] = manifest["units"][0]["projects"][0]["form"] = path
    (results / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert invoke("mail", results).exit_code == 2


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda results: (results / "manifest.json").unlink(), "不是结果文件夹"),
        (lambda results: (results / "manifest.json").write_text("{"), "不是结果文件夹"),
        (lambda results: (results.parent / "4.xlsx").unlink(), "打不开收件人所在的工作簿"),
        (lambda results: shutil.copy(results.parent / "0.xlsx", results.parent / "4.xlsx"), "没有收件人表"),
        (lambda results: shutil.copytree(results, results.parent.parent / "搬走"), None),
    ],
)
def test_wrong_usage_is_2(damage: Any, words: str | None, results: Path) -> None:
    damage(results)
    result = invoke("mail", results if words else results.parent.parent / "搬走")
    assert result.exit_code == 2
    assert (words or "用 --recipients") in result.stderr


def test_without_a_list_the_officer_is_told_how_to_give_one(tmp_path: Path) -> None:
    invoke("run", write_folder(tmp_path, clean_year()))
    result = invoke("mail", tmp_path / "自评结果")
    assert (result.exit_code, "不知道寄给谁" in result.stderr) == (2, True)


def test_nothing_is_sent_without_send(results: Path) -> None:
    postbox = Postbox()
    with smtp_server(postbox) as server:
        result = invoke("mail", results, "--smtp", f"smtp://a@{server}", "--test-to", "me@example.com")
    assert (result.exit_code, postbox.seen, "没有写 --send" in result.stderr) == (0, [], True)


def test_a_batch_has_one_outbox_and_its_units_go_by_their_own_lists(tmp_path: Path) -> None:
    people = {"甲馆": "jia@example.com", "乙馆": "yi@example.com"}
    units = {
        name: year_of(name) | {"收件人": [RECIPIENTS, ["全部", name, address, ""]]} for name, address in people.items()
    }
    folder = batch(tmp_path / "批", **units)
    (folder / "perfeval.toml").write_text('[mail]\nsubject = "{{单位名称}}的"\n', encoding="utf-8")
    assert invoke("run", folder).exit_code == 0
    results, postbox = folder / "自评结果", Postbox()
    assert invoke("mail", results).exit_code == 0
    drafts = previews(results)
    assert {to: message["Subject"] for to, message in drafts.items()} == {
        "jia@example.com": "甲馆的",
        "yi@example.com": "乙馆的",
    }
    assert all(len(enclosed(message)) == 4 for message in drafts.values())
    with smtp_server(postbox) as server:
        assert [outcome.state for outcome in post(results / "甲馆", server)] == [State.SENT]
        assert sorted(outcome.state for outcome in post(results, server)) == [State.ALREADY, State.SENT]
    assert postbox.addresses == ["jia@example.com", "yi@example.com"]
    assert not list(results.glob("*/发件箱"))
    status, manifest = perfeval("run", folder)
    assert (status, [unit["unit"] for unit in manifest["units"]]) == (0, ["乙馆", "甲馆"])
    assert (results / "发件箱" / "发送记录.jsonl").is_file()


def test_the_settings_of_a_batch_of_one_are_the_batchs(tmp_path: Path) -> None:
    folder = batch(tmp_path / "批", 甲馆=year_of("甲馆") | {"收件人": [RECIPIENTS, *PEOPLE]})
    (folder / "perfeval.toml").write_text('[mail]\nsubject = "批"\n', encoding="utf-8")
    invoke("run", folder)
    post(folder / "自评结果")
    assert {message["Subject"] for message in previews(folder / "自评结果").values()} == {"批"}


def test_a_table_of_many_units_needs_the_unit_in_the_list(tmp_path: Path) -> None:
    rows = [
        ["某区图书馆", "全部", "甲", "jia@example.com", ""],
        ["某区文化馆", "读者服务", "乙", "yi@example.com", ""],
        ["", "全部", "丙", "bing@example.com", ""],
        ["某区文华馆", "全部", "丁", "ding@example.com", ""],
    ]
    sheets = two_units() | {"收件人": [["预算单位", *RECIPIENTS], *rows]}
    invoke("run", write_folder(tmp_path, sheets))
    shown = invoke("mail", tmp_path / "自评结果").stdout
    assert list(previews(tmp_path / "自评结果")) == ["jia@example.com", "yi@example.com"]
    assert "没有写预算单位，而结果中有多个单位" in shown
    assert "是否想写“某区文化馆”" in shown
    assert "没有收件人的项目：某区文化馆 馆舍维护" in shown
    one = [outcome.letter.to.mailbox.address for outcome in post(tmp_path / "自评结果" / "某区文化馆")]
    assert one == ["yi@example.com"]


def test_results_put_elsewhere_still_find_the_list(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "某馆", clean_year() | {"收件人": [RECIPIENTS, *PEOPLE]})
    invoke("run", folder, "--out", tmp_path / "别处" / "报送")
    assert len(post(tmp_path / "别处" / "报送")) == 3


def test_a_scheme_can_word_the_letter(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "某馆", clean_year() | {"收件人": [RECIPIENTS, *PEOPLE]})
    scheme = shutil.copytree(Path(__file__).parents[2] / "templates" / "hongshan-2019", folder / "本区")
    with (scheme / "scheme.toml").open("a", encoding="utf-8") as file:
        file.write('\n[mail]\nsubject = "请核对{{项目数}}个项目"\n')
    (folder / "perfeval.toml").write_text('scheme = "本区"\n', encoding="utf-8")
    invoke("run", folder)
    post(folder / "自评结果")
    subjects = [message["Subject"] for message in previews(folder / "自评结果").values()]
    assert subjects == ["请核对1个项目", "请核对1个项目", "请核对2个项目"]


@pytest.mark.parametrize("damage", ["[" * 100_000, "{}", '{"tool": "perfeval-xl"}'])
def test_a_damaged_manifest_is_said_and_made_anew(damage: str, results: Path) -> None:
    (results / "manifest.json").write_text(damage, encoding="utf-8")
    assert invoke("mail", results).exit_code == 2
    assert perfeval("run", results.parent)[0] == 0
    assert invoke("mail", results).exit_code == 0


def test_a_manifest_that_lacks_a_figure_of_a_letter_is_not_trusted(results: Path) -> None:
    manifest = json.loads((results / "manifest.json").read_text(encoding="utf-8"))
    del manifest["units"][0]["projects"][0]["grade"]
    (results / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert invoke("mail", results).exit_code == 2
