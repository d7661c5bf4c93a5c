"""`releve evaluate succession` as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from api.cli.main import app
from models.errors import InvalidInputError

from .histories import community, write_community


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["evaluate", "succession", *words], env={"COLUMNS": "160"})
    assert result.exit_code == 0, repr(result.exception)
    return result.stdout


def test_the_json_has_the_documented_shape_with_ours_named_releve(folders: tuple[Path, Path], tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    shown = json.loads(run(str(folders[1]), "--json", "--seed", "3", "--runs", str(runs)))

    assert shown["data"]["name"] == "groups"
    assert shown["cases"] == 2
    assert list(shown["systems"]["releve"]) == ["RR", "nDCG@10", "R@10", "P@5"]
    assert {found["other"] for found in shown["comparisons"]} == set(shown["systems"]) - {"releve"}
    assert shown["seed"] == 3
    assert shown["command"].startswith("releve evaluate succession")
    assert (runs / "succession-groups" / "releve.run").is_file()


def test_several_sets_are_shown_with_what_was_skipped(folders: tuple[Path, Path], tmp_path: Path) -> None:
    short = write_community(tmp_path / "short", community()[:5])
    said = run(str(short), *map(str, folders), "--system", "releve", "--system", "owned_work", "--measure", "RR")

    assert "Skipped short: short is too short" in said
    assert "RR, community" in said
    assert "RR, leadership" in said
    assert "releve against the others" in said


def test_weights_that_cannot_be_read_stop_the_command(folders: tuple[Path, Path], tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["evaluate", "succession", str(folders[1]), "--weights", str(tmp_path / "none.json")]
    )

    assert isinstance(result.exception, InvalidInputError)
    assert "none.json" in str(result.exception)
