"""What docs/evaluation.md shows is what the commands do."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app

PAGE = (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text(encoding="utf-8")
REFERENCE = (Path(__file__).parents[2] / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, content in re.findall(r"`([\w.]+)`,\n\n```text\n(.*?)```", PAGE, re.DOTALL):
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(command: str) -> str:
    result = CliRunner().invoke(app, shlex.split(command)[1:], env={"COLUMNS": "100"})
    assert result.exit_code == 0, repr(result.exception)
    return result.stdout


@pytest.mark.usefixtures("files")
def test_the_comparison_prints_what_the_page_shows() -> None:
    (console,) = re.findall(r"```console\n\$ (.*?)```", PAGE, re.DOTALL)
    command, *expected = console.splitlines()
    said = [line.rstrip() for line in run(command).splitlines()]
    for line in expected:
        assert line == "…" or line in said


@pytest.mark.usefixtures("files")
def test_the_page_names_every_key_of_the_json() -> None:
    found = json.loads(run("releve evaluate compare --qrels qrels.txt --run mine.run --run bm25.run --json"))
    parts = [found, found["data"], found["comparisons"][0], found["exposure"]["mine"]]
    for key in (key for part in parts for key in part):
        assert f'"{key}"' in PAGE


def test_the_page_names_only_commands_and_options_that_exist() -> None:
    for command in set(re.findall(r"releve evaluate (\w+)", PAGE)):
        assert f"## releve evaluate {command}\n" in REFERENCE
    for option in set(re.findall(r"--\w+", PAGE)):
        assert option in REFERENCE
