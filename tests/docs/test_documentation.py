"""The documentation says what the product does: its commands are run, its links followed, its references current."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api import reference
from api.cli.main import app
from api.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "README.fr.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
READMES = ["README.md", "README.fr.md"]


def consoles(page: str) -> list[str]:
    return re.findall(r"```console\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)


def run(command: str, home: Path) -> str:
    """Run what a reader would type; `make demo` is `releve demo`, and leaves its reader in the demo's store."""
    arguments = ["demo"] if command == "make demo" else shlex.split(command, comments=True)[1:]
    if arguments[0] == "succession" and not (home / "demo").exists():
        run("make demo", home)
    if (home / "demo").exists() and arguments != ["demo"]:
        home = home / "demo"
    result = CliRunner().invoke(app, arguments, env={"RELEVE_HOME": str(home), "COLUMNS": "100"})
    assert result.exit_code == 0, result.output
    return result.stdout


def assert_shows(said: str, expected: list[str]) -> None:
    """Each expected line begins a line said, in this order; a line «…» skips, and so does what follows a last …"""
    lines = iter(line.strip() for line in said.splitlines())
    for line in expected:
        start = line.strip().removesuffix("…").strip()
        assert not start or any(candidate.startswith(start) for candidate in lines), f"not said: {line}\n{said}"


@pytest.mark.slow
@pytest.mark.parametrize(("page", "number"), [(page, number) for page in READMES for number in (0, 1, 2)])
def test_the_readme_shows_what_the_commands_print(
    page: str, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "organisation"
    shutil.copytree(ROOT / "examples" / "organisation", folder)
    monkeypatch.chdir(folder)
    commands = re.split(r"^\$ ", consoles(page)[number], flags=re.MULTILINE)[1:]
    assert commands
    for block in commands:
        command, *expected = block.rstrip().split("\n")
        assert_shows(run(command, tmp_path / "home"), expected)


def test_both_readmes_show_the_same_commands() -> None:
    english, french = (
        [line for block in consoles(page) for line in block.splitlines() if line.startswith("$ ")] for page in READMES
    )

    def said(line: str) -> str:
        return line.partition("   #")[0].removesuffix(" --json")

    assert [said(line) for line in english] == [said(line) for line in french]


@pytest.mark.parametrize("page", ["docs/reference/settings.md", "docs/reference/settings.fr.md"])
def test_the_reference_names_every_setting(page: str) -> None:
    named = set(re.findall(r"^\| `(RELEVE_[A-Z_]+)`", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE))
    assert named == {f"RELEVE_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_reference_of_commands_is_current() -> None:
    assert reference.COMMANDS.read_text(encoding="utf-8") == reference.write_commands(), "run: make docs"


def test_the_openapi_document_is_current() -> None:
    assert reference.OPENAPI.read_text(encoding="utf-8") == reference.write_openapi(), "run: make docs"


def test_every_package_is_installed_with_the_distribution() -> None:
    import tomllib

    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"])
    top = ("api", "evaluation", "ingestion", "models", "recommender")
    folders = [path.parent.relative_to(ROOT) for name in top for path in (ROOT / name).rglob("__init__.py")]
    found = {".".join(folder.parts) for folder in folders}
    assert listed == found | {"api.sample"}
