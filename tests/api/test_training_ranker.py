"""`releve train ranker` as an administrator types it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import training
from api.cli.main import app
from evaluation.own_ranker import OwnRanker
from evaluation.prepared import PrepareOptions
from models.errors import IndexMissingError, InvalidInputError, NotFoundError
from recommender.ranker import Rankers

SUBJECTS = ("vanne", "pompe", "fusible", "courroie")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RELEVE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RELEVE_ENCODER", "words")
    return tmp_path / "home"


def releve(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None:
        raise result.exception
    return result.stdout


def ingest(folder: Path, questions: int, *options: str) -> None:
    """Import a history where each subject has its expert, and someone else answers as often."""
    with (folder / "pannes.jsonl").open("w", encoding="utf-8") as file:
        for number in range(questions):
            day, subject = date(2020, 1, 1) + timedelta(days=number), SUBJECTS[number * 7 % 4]
            author = f"expert-{subject}" if number % 3 else f"passant-{number % 5}"
            answer = {"id": "1", "author": author, "created": f"{day}T12:00:00Z", "text": f"Changez la {subject}."}
            asked = {"asker": f"p{number % 11}", "created": f"{day}T09:00:00Z", "lang": "fr"}
            thread = {"id": str(number), "title": f"{subject} {number}", "text": "En panne.", "answers": [answer]}
            file.write(json.dumps({**thread, **asked}) + "\n")
    releve("ingest", "threads", str(folder / "pannes.jsonl"), "--source", "pannes", *options)


@pytest.mark.thorough
def test_an_organisation_trains_its_ranker_and_is_told_what_it_is_worth(tmp_path: Path, home: Path) -> None:
    ingest(tmp_path, 320)
    said = releve("train", "ranker")
    # Of 320 questions 272 come after the first 15 %; of them 65 parts of 85 are learned from.
    assert "Learned from 208 questions, judged by 64 newer ones: mean reciprocal rank" in said
    in_use = f"The ranker is in {home / 'rankers'}." in said
    assert in_use != ("nothing is written, and the ranker in use stays as it is" in said)
    assert (home / "rankers").exists() == in_use
    if in_use:
        assert Rankers.load(home / "rankers").name == "own"
    assert releve("train", "ranker") == said


def test_too_short_a_history_is_told_and_changes_nothing(tmp_path: Path, home: Path) -> None:
    ingest(tmp_path, 40)
    with pytest.raises(InvalidInputError, match=r"holds 8 recent answered questions .*; 50 are needed"):
        releve("train", "ranker")
    assert not (home / "rankers").exists()


def test_without_an_organisation_there_is_nothing_to_learn_from(home: Path) -> None:
    with pytest.raises(NotFoundError, match="No organisation in"):
        releve("train", "ranker")


def test_without_an_index_there_is_nothing_to_ask(tmp_path: Path, home: Path) -> None:
    ingest(tmp_path, 3, "--no-index")
    with pytest.raises(IndexMissingError):
        releve("train", "ranker")


@pytest.mark.parametrize("kept", [True, False])
def test_the_command_says_where_the_ranker_is_or_that_none_is_written(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    ingest(tmp_path, 3)
    asked: list[tuple[PrepareOptions, Path]] = []

    def train(options: PrepareOptions, output: Path) -> OwnRanker:
        asked.append((options, output))
        return OwnRanker(260, 80, 0.41251, 0.5 if kept else 0.4, kept)

    monkeypatch.setattr(training, "train_own_ranker", train)
    said = releve("train", "ranker", "--seed", "4", "--output", str(tmp_path / "ours"))
    after = "0.500" if kept else "0.400"
    last = f"The ranker is in {tmp_path / 'ours'}."
    if not kept:
        last = "That is no sure gain: nothing is written, and the ranker in use stays as it is."
    assert said.splitlines() == [
        f"Learned from 260 questions, judged by 80 newer ones: mean reciprocal rank 0.413 before, {after} after.",
        last,
    ]
    ((options, output),) = asked
    assert (options.seed, options.encoder, options.home, output) == (4, "words", home, tmp_path / "ours")
