"""The house rules that a machine can check: layers, and nothing that should not be in the repository."""

import re
import subprocess
import sys

import pytest

from erp.settings import ROOT

TRACKED = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
]


def test_layers_and_forbidden_imports_hold() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_lock_file_carries_a_registry_address() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text()
        assert not re.search(r"https?://|--(extra-)?index-url", text)
        assert "--hash=sha256:" in text


@pytest.mark.parametrize("page", sorted((ROOT / "pages").glob("*.py")), ids=lambda path: path.name)
def test_every_page_begins_by_asking_who_is_there(page: object) -> None:
    code = [line for line in page.read_text().splitlines() if line and not line.startswith(("import", "from", "#"))]
    asking = [n for n, line in enumerate(code) if line in ("actor = require_actor()", "require_actor()")]
    first_drawing = next((n for n, line in enumerate(code) if line.startswith("st.")), len(code))
    assert len(asking) == 1
    assert asking[0] < first_drawing


def test_no_file_of_ours_is_too_long_to_read() -> None:
    for path in TRACKED:
        if path.suffix == ".py" and path.is_relative_to(ROOT / "erp"):
            assert len(path.read_text().splitlines()) <= 400, path


def test_every_document_the_readme_names_is_there() -> None:
    named = re.findall(r"\]\(([^)#]+)\)", (ROOT / "README.md").read_text())
    assert len(named) > 8
    for path in named:
        assert (ROOT / path).exists(), path


def test_the_commands_of_the_readme_are_targets_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^ {4}|`)make (\w+)", (ROOT / "README.md").read_text(), re.MULTILINE)) <= targets


def test_continuous_integration_runs_what_a_person_runs() -> None:
    assert "make check" in (ROOT / ".ci" / "run").read_text()
    assert re.search(r"^check: lint test", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_every_dependency_has_its_line_in_the_decisions() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = project["dependencies"] + project["optional-dependencies"]["test"]
    decisions = (ROOT / "docs" / "decisions.md").read_text()
    for requirement in named:
        name = re.split(r"[<>=; \[]", requirement)[0]
        assert f"\n| {name} | " in decisions, name


def test_every_package_that_is_imported_is_named_in_the_decisions() -> None:
    decisions = (ROOT / "docs" / "decisions.md").read_text().lower()
    own = {"erp", "tests", "servers", "county", "browser", "submissions", "visits", "writing", "check", "where"}
    names = {
        "argon2": "argon2-cffi",
        "pydantic_settings": "pydantic-settings",
        "axe_playwright_python": "axe-playwright-python",
    }
    for file in [*ROOT.glob("erp/**/*.py"), *ROOT.glob("pages/*.py"), *ROOT.glob("bench/*.py"), ROOT / "app.py"]:
        for line in re.findall(r"^(?:from|import) (\w+)", file.read_text(), re.MULTILINE):
            if line not in sys.stdlib_module_names | own:
                assert re.search(rf"\b{re.escape(names.get(line, line))}\b", decisions), f"{line} in {file.name}"
