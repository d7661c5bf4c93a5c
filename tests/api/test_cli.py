"""The command line as a person types it; in a process of its own where the process matters."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from models.errors import NotFoundError
from tests.api.commands import releve

THREADS = [
    {
        "id": "1",
        "lang": "fr",
        "title": "Redémarrer la pompe",
        "text": "Comment redémarrer la pompe après une panne ?",
        "tags": ["pompe"],
        "asker": "simon",
        "created": "2025-03-01T09:00:00",
        "score": 2,
        "answers": [
            {
                "id": "2",
                "author": "lucien",
                "created": "2025-03-01T10:00:00",
                "text": "Purger la ligne, puis ouvrir la vanne d’un quart de tour.",
                "score": 4,
                "accepted": True,
            }
        ],
        "links": [],
    }
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def threads(tmp_path: Path) -> Path:
    path = tmp_path / "eau.jsonl"
    path.write_text("".join(json.dumps(thread) + "\n" for thread in THREADS), encoding="utf-8")
    return path


def test_ingest_then_ask_answers_with_evidence(home: Path, threads: Path) -> None:
    report = json.loads(releve(home, "ingest", "threads", str(threads), "--json").stdout)
    assert (report["source"], report["new"], report["skipped"], report["index"]["passages"]) == ("eau", 2, 0, 2)
    answer = json.loads(releve(home, "ask", "redemarrer les pompes", "--json").stdout)
    [expert] = [e for e in answer["experts"] if e["person"]["name"] == "lucien"]
    assert expert["person"]["id"] == "eau:lucien"
    assert expert["rank"] == 1
    assert expert["evidence"][0]["document_id"] == "eau:1/2"
    assert answer["similar_questions"][0]["document_id"] == "eau:1"


def test_the_answer_is_readable_on_a_terminal(home: Path, threads: Path) -> None:
    releve(home, "ingest", "threads", str(threads))
    shown = releve(home, "ask", "Comment redémarrer la pompe ?", "--as", "simon").stdout
    assert "1. lucien" in shown
    assert "A répondu à une question proche, réponse acceptée, la dernière fois le 1er mars 2025" in shown
    assert "Purger la ligne" in shown
    assert "Questions proches déjà répondues" in shown


def test_an_english_question_is_answered_in_english(home: Path, threads: Path) -> None:
    releve(home, "ingest", "threads", str(threads))
    assert "Answered a similar question" in releve(home, "ask", "who knows how to restart the pompe").stdout
    assert "A répondu" in releve(home, "ask", "who knows how to restart the pompe", "--lang", "fr").stdout


def test_a_repeated_import_changes_nothing(home: Path, threads: Path) -> None:
    releve(home, "ingest", "threads", str(threads))
    report = json.loads(releve(home, "ingest", "threads", str(threads), "--json").stdout)
    assert (report["new"], report["changed"], report["unchanged"], report["index"]["documents"]) == (0, 0, 2, 0)


def test_no_index_waits_for_the_index_command(home: Path, threads: Path) -> None:
    releve(home, "ingest", "threads", str(threads), "--no-index")
    assert "releve index" in releve(home, "ask", "pompe", code=2).stderr
    releve(home, "index")
    assert "lucien" in releve(home, "ask", "pompe").stdout


def test_person_shows_traces_and_to_themself_their_choices(home: Path, threads: Path) -> None:
    releve(home, "ingest", "threads", str(threads))
    others = json.loads(releve(home, "person", "lucien", "--json").stdout)
    assert others["roles"] == {"accepted": 1}
    assert others["preferences"] is None
    own = json.loads(releve(home, "person", "lucien", "--as", "lucien", "--json").stdout)
    assert own["preferences"]["visible_as_expert"] is True


def test_preferences_take_effect_at_once(home: Path, threads: Path) -> None:
    releve(home, "ingest", "threads", str(threads))
    releve(home, "preferences", "lucien", "--opt-out")
    assert "lucien" not in releve(home, "ask", "purger la vanne").stdout
    assert "Nobody you may see" in releve(home, "person", "lucien", code=2).stderr
    releve(home, "preferences", "lucien", "--visible", "--hide", "eau:1/2")
    assert "eau:1/2" not in releve(home, "ask", "purger la vanne").stdout


def test_status_tells_what_is_there(home: Path, threads: Path) -> None:
    releve(home, "ingest", "threads", str(threads))
    state = json.loads(releve(home, "status", "--json").stdout)
    assert state["documents"] == {"answer": 1, "question": 1}
    assert state["index"] == "up to date"
    assert state["people"] == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask", "pompe"], "releve ingest FORMAT PATH"),
        (["ingest", "guess", "."], "No format named 'guess'"),
        (["ingest", "threads", "/nowhere/at/all"], "/nowhere/at/all"),
        (["serve", "--host", "0.0.0.0"], "--host 0.0.0.0"),
        (["ask"], "Missing argument"),
        (["ask", "x", "--top", "0"], "choose a number from 1"),
    ],
)
def test_a_users_mistake_is_one_line_and_exit_code_2(home: Path, arguments: list[str], said: str) -> None:
    if "--top" in arguments:
        from models.store import Store

        Store.create(home).close()
    done = releve(home, *arguments, code=2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_debug_leaves_an_error_its_traceback(home: Path) -> None:
    with pytest.raises(NotFoundError):
        releve(home, "--debug", "ask", "pompe")


def test_help_imports_none_of_the_slow_packages() -> None:
    slow = "{'sqlalchemy', 'numpy', 'spacy', 'pydantic'}"
    code = f"import sys; from api.cli import main; print(sorted(set(sys.modules) & {slow}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_question_imports_none_of_the_slow_packages(home: Path, threads: Path) -> None:
    releve(home, "ingest", "threads", str(threads))
    code = (
        "import sys; from api.cli.main import app; app(['ask', 'pompe'], standalone_mode=False);"
        "slow = {'spacy', 'torch', 'sentence_transformers', 'lightgbm', 'sklearn', 'scipy', 'fastapi', 'alembic'};"
        "print(sorted(slow & set(sys.modules)), file=sys.stderr)"
    )
    environment = {"RELEVE_HOME": str(home), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_areas_are_listed_named_and_hidden(home: Path, tmp_path: Path) -> None:
    words = {"pompe": "la vanne de la pompe", "paie": "la retenue sur la paie"}
    lines = [
        {
            "id": f"{word}{n}",
            "lang": "fr",
            "title": f"Que faire de {phrase} ?",
            "text": f"Encore {phrase}.",
            "answers": [],
        }
        for word, phrase in words.items()
        for n in range(8)
    ]
    path = tmp_path / "fils.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    releve(home, "ingest", "threads", str(path))
    areas = json.loads(releve(home, "areas", "list", "--json").stdout)["areas"]
    pumps = next(area["id"] for area in areas if "pompe" in area["label_fr"].lower())
    releve(home, "areas", "rename", pumps, "Pompage", "Pumping")
    shown = json.loads(releve(home, "areas", "show", pumps, "--json").stdout)
    assert (shown["label_fr"], shown["documents"], len(shown["newest"])) == ("Pompage", 8, 8)
    assert "Pompage" in releve(home, "areas", "list", "pompa").stdout
    releve(home, "areas", "refresh")
    releve(home, "areas", "pin", pumps)
    others = [area["id"] for area in areas if area["id"] != pumps]
    releve(home, "areas", "merge", pumps, *others)
    assert [a["id"] for a in json.loads(releve(home, "areas", "list", "--json").stdout)["areas"]] == [pumps]
    vocabulary = tmp_path / "mots.csv"
    vocabulary.write_text("id,fr,en\n1,vanne,valve\n", encoding="utf-8")
    assert json.loads(releve(home, "areas", "import", str(vocabulary), "--json").stdout) == {"labels": []}
    releve(home, "areas", "hide", pumps)
    assert "No area" in releve(home, "areas", "show", pumps, code=2).stderr
    releve(home, "areas", "hide", pumps, "--undo")
    releve(home, "areas", "show", pumps)
