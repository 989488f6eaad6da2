"""What stands where a result will: the program's own, another unit's of this run, or a person's."""

from pathlib import Path

from perfeval_xl.write.edits import Edits
from perfeval_xl.write.files import Output, ResultsFolder


def test_what_another_unit_got_there_meanwhile_is_nobodys_edit(tmp_path: Path) -> None:
    results = tmp_path / "自评结果"
    with ResultsFolder(results, alone=True) as target:
        looked_before = Edits(results, "../", False, lambda *_: []).of_place("甲")
        with ResultsFolder(target.staging(0)) as staged:
            written = staged.write("甲", Output("汇总.xlsx", "summary", b"the first unit's"))
        target.publish(target.staging(0), {"甲/汇总.xlsx": written.sha256})
        _, write, found = looked_before.settle(Output("汇总.xlsx", "summary", b"the second unit's"), "甲")
    assert (write, found) == (True, [])
    assert [path.name for path in (results / "甲").iterdir()] == ["汇总.xlsx"]


def test_what_nobody_knows_is_kept_aside(tmp_path: Path) -> None:
    results = tmp_path / "自评结果"
    (results / "甲").mkdir(parents=True)
    (results / "甲" / "汇总.xlsx").write_bytes(b"a person's")
    edits = Edits(results, "../", False, lambda *_: []).of_place("甲")
    _, write, found = edits.settle(Output("汇总.xlsx", "summary", b"ours"), "甲")
    assert (write, [one.code for one in found]) == (True, ["O503"])
    (kept,) = (results / "甲").glob("*已修改*")
    assert kept.read_bytes() == b"a person's"
