"""Results to be mailed, made once and copied for each test; a certificate authority that this computer trusts."""

import shutil
from pathlib import Path

import pytest
import trustme

from tests.mail.post_office import RECIPIENTS
from tests.workbooks import clean_year, invoke, write_folder

PEOPLE = [
    ["读者服务", "张三", "zhang@example.com", "li@example.com"],
    ["馆舍维护", "赵六", "zhao@example.com", ""],
    ["全部", "王五", "wang@example.com", ""],
]


@pytest.fixture(scope="session")
def worked_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mail") / "某区图书馆"
    write_folder(folder, clean_year() | {"收件人": [RECIPIENTS, *PEOPLE]})
    assert invoke("run", folder).exit_code == 0
    return folder


@pytest.fixture
def results(worked_year: Path, tmp_path: Path) -> Path:
    """The results of the clean year with three recipients: 张三 (a copy to 李), 赵六, and 王五 for everything."""
    return shutil.copytree(worked_year, tmp_path / worked_year.name) / "自评结果"


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return ca
