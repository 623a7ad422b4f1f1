"""Settings: a default for each, and one clear sentence for a wrong value."""

from pathlib import Path

import pytest

from erp.errors import Invalid
from erp.settings import ROOT, Settings, settings


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"ERP_{name.upper()}", raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_every_setting_has_a_default_and_a_line_in_the_operating_guide() -> None:
    guide = (ROOT / "docs" / "operating.md").read_text()
    settings()
    for name, field in Settings.model_fields.items():
        assert f"`ERP_{name.upper()}`" in guide, name
        assert field.description
        assert not field.is_required()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ERP_PORT", "99999"),
        ("ERP_PORT", "eighty"),
        ("ERP_TIME_ZONE", "Mars/Olympus"),
        ("ERP_DATABASE_URL", "mysql://x"),
        ("ERP_SESSION_IDLE_MINUTES", "0"),
        ("ERP_DATABASE_URL", "sqlite:///"),
    ],
)
def test_a_wrong_value_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Invalid) as refusal:
        settings()
    assert name in str(refusal.value)
    assert value in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_an_empty_value_is_the_default_and_never_an_open_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ERP_ADDRESS", "ERP_DATA_DIR", "ERP_PORT"):
        monkeypatch.setenv(name, "")
    assert (settings().address, settings().port) == ("127.0.0.1", 8501)
    assert settings().data_dir == ROOT / "data" / "local"


def test_the_demonstration_is_refused_beyond_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERP_DEMO", "true")
    monkeypatch.setenv("ERP_ADDRESS", "0.0.0.0")
    with pytest.raises(Invalid, match=r"ERP_DEMO .* on this machine alone, not on 0\.0\.0\.0"):
        settings()


def test_a_dot_env_file_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ERP_PORT=8600\n")
    assert settings().port == 8600


def test_the_data_folder_holds_the_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ERP_DATA_DIR", str(tmp_path / "here"))
    assert settings().database_file == tmp_path / "here" / "erp.db"


def test_the_demonstration_has_a_database_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ERP_DATABASE_URL", f"sqlite:///{tmp_path}/real.db")
    monkeypatch.setenv("ERP_DEMO", "true")
    assert settings().database_file.name == "demo.db"
