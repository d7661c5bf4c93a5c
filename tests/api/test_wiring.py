"""Settings put together: which index belongs to which store and encoder, and how a question uses both sides."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from api.settings import Settings
from api.wiring import OWN_RANKERS, TRACES, Service, create_service
from models.access import Viewer
from models.errors import EncoderMismatchError, IndexMissingError, InvalidInputError
from models.records import Contribution, DocumentKind, DocumentRecord, Role
from models.store import SQLITE_NAME
from models.writing import Writer
from recommender.encoders.static import save_static
from recommender.ranker import BUNDLED, bundled_rankers
from recommender.traces import Traces

# Two languages that share no word: what is near what is written by hand.
NEAR = {"pompe": (1, 0), "pump": (0.9, 0.1), "paie": (0, 1), "payroll": (0.1, 0.9)}


@pytest.fixture
def encoder_folder(tmp_path: Path) -> Path:
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(["[UNK]", *NEAR])}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    table = np.array([(0, 0), *NEAR.values()], np.float32)
    save_static(tmp_path / "encoder", tokenizer, table, "hand", "float16")
    return tmp_path / "encoder"


@pytest.fixture
def words_only(tmp_path: Path) -> Iterator[Service]:
    with create_service(Settings(home=tmp_path / "home", encoder="words")) as service:
        yield service


def remember(service: Service, **titles: str) -> None:
    records = [
        DocumentRecord(
            id=author,
            kind=DocumentKind.PRACTICE,
            title=title,
            language="fr",
            people=(Contribution(person=author, role=Role.WROTE),),
        )
        for author, title in titles.items()
    ]
    with service.store.write() as session:
        assert Writer(session, "t").write(records).refused == []
    service.update_index()


def experts(service: Service, question: str) -> list[str]:
    return [expert.person.name for expert in service.recommender().find_experts(question, Viewer()).experts]


def test_an_encoder_finds_by_meaning_what_words_do_not(words_only: Service, encoder_folder: Path) -> None:
    remember(words_only, lucien="pompe", lise="paie")
    assert experts(words_only, "payroll") == []
    with create_service(Settings(home=words_only.settings.home, encoder=str(encoder_folder))) as service:
        with pytest.raises(EncoderMismatchError, match="releve index --rebuild"):
            service.update_index()
        service.update_index(rebuild=True)
        assert experts(service, "payroll")[0] == "lise"
        assert experts(service, "pump")[0] == "lucien"
        assert experts(service, "pompe")[0] == "lucien"


def test_a_rebuild_gives_the_same_answers(words_only: Service) -> None:
    remember(words_only, lucien="pompe", lise="paie")
    before = experts(words_only, "paie pompe")
    words_only.update_index(rebuild=True)
    assert experts(words_only, "paie pompe") == before == ["lise", "lucien"]


def test_a_store_made_anew_is_not_searched_with_the_old_index(words_only: Service) -> None:
    remember(words_only, lucien="pompe", lise="paie")
    home = words_only.settings.home
    words_only.close()
    for left in home.glob(f"{SQLITE_NAME}*"):
        left.unlink()
    with create_service(Settings(home=home, encoder="words")) as service:
        with pytest.raises(IndexMissingError):
            service.index()
        remember(service, simon="vanne")
        assert experts(service, "vanne pompe") == ["simon"]


def test_by_default_meaning_crosses_languages(tmp_path: Path) -> None:
    with create_service(Settings(home=tmp_path)) as service:
        remember(service, lucien="Redémarrer la pompe après une panne de courant", lise="Fermeture de l’année de paie")
        assert experts(service, "restarting a pump after a power failure")[0] == "lucien"
        assert experts(service, "closing the payroll year")[0] == "lise"


def test_the_traces_are_kept_beside_the_index_and_read_by_the_next_process(words_only: Service) -> None:
    remember(words_only, lucien="pompe", lise="paie")
    assert (words_only.index_folder() / TRACES).is_file()
    with create_service(words_only.settings) as service:
        traces = service.traces()
        assert len(traces) == 2
        with service.store.read() as session:
            assert not traces.refresh(session)
        assert service.traces() is traces


def test_a_rebuild_makes_the_traces_anew(words_only: Service) -> None:
    remember(words_only, lucien="pompe")
    other = words_only.settings.home / "other"
    with create_service(Settings(home=other, encoder="words")) as service:
        remember(service, simon="vanne")
        stray = (service.index_folder() / TRACES).read_bytes()
    (words_only.index_folder() / TRACES).write_bytes(stray)
    with create_service(words_only.settings) as service:
        assert experts(service, "pompe") == []
        service.update_index(rebuild=True)
        assert experts(service, "pompe") == ["lucien"]
    assert len(Traces.load(words_only.index_folder() / TRACES)) == 1


def test_rankers_of_ones_own_are_used_where_there_are_some(words_only: Service) -> None:
    assert words_only.rankers().name == bundled_rankers().name
    shutil.copytree(BUNDLED, words_only.settings.home / OWN_RANKERS)
    manifest = words_only.settings.home / OWN_RANKERS / "ranker.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "name": "own"}))
    with create_service(words_only.settings) as service:
        assert service.rankers().name == "own"
        remember(service, lucien="pompe")
        assert service.recommender().rankers is service.rankers()


def test_rankers_of_ones_own_that_are_damaged_are_not_passed_over(words_only: Service) -> None:
    (words_only.settings.home / OWN_RANKERS).mkdir()
    with pytest.raises(InvalidInputError, match="releve train ranker"):
        words_only.rankers()
