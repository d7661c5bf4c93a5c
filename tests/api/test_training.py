"""`releve train encoder` as an administrator types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from models.errors import EncoderMismatchError, InvalidInputError, NotFoundError
from recommender.encoders.static import StaticEncoder
from tests.recommender.encoders.test_adaptation import jargon


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RELEVE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("RELEVE_ENCODER", raising=False)
    return tmp_path / "home"


def releve(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None:
        raise result.exception
    return result.stdout


def write_threads(path: Path) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for number in range(300):
            topic = number % 30
            text = f"Il faut changer le {jargon(topic + 50)} de secours, puis attendre un peu."
            answer = {"id": "1", "author": f"p{topic}", "created": None, "text": text, "accepted": True}
            thread = {"id": str(number), "lang": "fr", "title": f"Panne du {jargon(topic)} {number}", "text": ""}
            file.write(json.dumps({**thread, "asker": "p99", "created": None, "tags": [], "answers": [answer]}) + "\n")
    return path


def test_an_organisation_adapts_its_encoder_and_uses_it(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    releve("ingest", "threads", str(write_threads(tmp_path / "pannes.jsonl")), "--source", "pannes")

    said = releve("train", "encoder", "--from", "bundled")

    assert f"To use it, set RELEVE_ENCODER={home / 'encoder'} and make the index anew: releve index --rebuild" in said
    assert "found at mean reciprocal rank" in said
    assert "general sentences find their translation" in said
    monkeypatch.setenv("RELEVE_ENCODER", str(home / "encoder"))
    with pytest.raises(EncoderMismatchError, match="releve index --rebuild"):
        releve("ask", f"{jargon(4)} ?")
    releve("index", "--rebuild")
    answer = json.loads(releve("ask", f"Panne du {jargon(4)}", "--json"))
    assert answer["experts"][0]["person"]["name"] == "p4"


def test_output_says_where_the_encoder_goes(tmp_path: Path, home: Path) -> None:
    releve("ingest", "threads", str(write_threads(tmp_path / "pannes.jsonl")), "--no-index")

    releve("train", "encoder", "--from", "bundled", "--output", str(tmp_path / "ours"))

    assert StaticEncoder.load(tmp_path / "ours").id.startswith("static:adapted:")
    assert not (home / "encoder").exists()


@pytest.mark.parametrize(
    "options",
    [[], ["--config", "a.toml", "--from", "bundled"], ["--config", "a.toml", "--output", "b"], ["--output", "b"]],
)
def test_either_a_configuration_or_a_start_is_given(home: Path, options: list[str]) -> None:
    with pytest.raises(InvalidInputError, match=r"either --config FILE.*or --from bundled"):
        releve("train", "encoder", *options)


def test_words_cannot_be_adapted(home: Path) -> None:
    with pytest.raises(InvalidInputError, match="'words' cannot be adapted; choose bundled"):
        releve("train", "encoder", "--from", "words")


def test_without_an_organisation_there_is_nothing_to_learn_from(home: Path) -> None:
    with pytest.raises(NotFoundError, match="No organisation in"):
        releve("train", "encoder", "--from", "bundled")
