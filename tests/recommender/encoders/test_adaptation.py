"""Adaptation of the real bundled encoder to a made-up organisation, whose jargon no encoder can know."""

import multiprocessing
import os
import random
import signal
import time

import numpy as np
import pytest
from filelock import FileLock

from models.errors import AdaptationRefusedError, InvalidInputError, LockedError
from recommender.encoders.adaptation import adapt_encoder
from recommender.encoders.choose import load_encoder
from recommender.encoders.encoder_folder import publish_encoder, unfinished_folder, writing_encoder
from recommender.encoders.own_learning import OwnLearning
from recommender.encoders.own_pairs import OwnPair, OwnPairs
from recommender.encoders.static import StaticEncoder, save_static

TOPICS = 30
SYLLABLES = ("zor", "bul", "kri", "vat", "mel", "pox", "dru", "gim", "lef", "qua")


@pytest.fixture(scope="module")
def bundled():
    """The first dimensions of it, which are faster; the whole of it is adapted in tests/api/test_training.py."""
    whole = load_encoder("bundled")
    return StaticEncoder("static:bundled:short", whole.tokenizer, whole.piece_embeddings()[:, :96], None)


def jargon(number):
    return SYLLABLES[number % 10] + SYLLABLES[number // 10] + SYLLABLES[(number * 7 + 3) % 10]


def organisation(*, coherent=True):
    """Pairs of a name in jargon and the name of its remedy; incoherent, any name goes with any remedy."""
    chance = random.Random(5)

    def pair(number, subject):
        remedy = number if coherent else chance.randrange(TOPICS)
        title = f"Panne du {jargon(number)} {chance.randrange(100)}"
        return OwnPair(title, f"Il faut changer le {jargon(remedy + 50)} de secours.", subject)

    learned = [pair(n % TOPICS, f"l{n}") for n in range(12 * TOPICS)]
    return OwnPairs(learned, [pair(n, f"h{n}") for n in range(TOPICS)])


def entries(folder):
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


def test_an_organisation_finds_its_own_words_and_general_quality_stays(tmp_path, bundled):
    adapted = adapt_encoder(bundled, organisation(), tmp_path / "encoder")

    assert adapted.gain.after > adapted.gain.before + 0.2
    assert adapted.general.kept
    assert load_encoder(str(tmp_path / "encoder")).id == adapted.encoder.id
    assert adapted.encoder.id.startswith("static:adapted:")
    name = adapted.encoder.id.rpartition(":")[2]
    assert entries(tmp_path) == [f".encoder-adapted-{name}", "encoder"]


def test_a_repeated_adaptation_gives_the_same_encoder_and_leaves_nothing_behind(tmp_path, bundled):
    first = adapt_encoder(bundled, organisation(), tmp_path / "encoder").encoder.id
    kept = entries(tmp_path)

    assert adapt_encoder(bundled, organisation(), tmp_path / "encoder").encoder.id == first
    assert entries(tmp_path) == kept


def test_where_nothing_is_gained_the_old_encoder_stays(tmp_path, bundled):
    old = adapt_encoder(bundled, organisation(), tmp_path / "encoder").encoder.id
    kept = entries(tmp_path)

    with pytest.raises(AdaptationRefusedError, match=r"Nothing was gained.*before 0\.\d+"):
        adapt_encoder(bundled, organisation(coherent=False), tmp_path / "encoder")

    assert StaticEncoder.load(tmp_path / "encoder").id == old
    assert entries(tmp_path) == kept


def test_a_loss_of_general_quality_is_refused(tmp_path, bundled, monkeypatch):
    monkeypatch.setattr("recommender.encoders.adaptation.learn_pairs", lambda table, *_: np.roll(table, 1, axis=0) * 9)

    with pytest.raises(
        AdaptationRefusedError, match=r"General quality would fall.*before 9\d\.\d%; .*correlate 0\.\d+"
    ):
        adapt_encoder(bundled, organisation(), tmp_path / "encoder")

    assert entries(tmp_path) == []


def test_where_all_would_cost_general_quality_less_is_taken(tmp_path, bundled):
    adapted = adapt_encoder(bundled, organisation(), tmp_path / "encoder", OwnLearning(learning_rate=0.2, epochs=12))

    assert adapted.strength < 1
    assert adapted.general.kept


def test_too_little_to_learn_from_is_told(tmp_path, bundled):
    with pytest.raises(InvalidInputError, match="1 pairs of texts, and 0 to measure on; at least 100 and 20"):
        adapt_encoder(bundled, OwnPairs([OwnPair("a", "b", "s")], []), tmp_path / "encoder")


def test_an_adapted_encoder_is_not_adapted_again(tmp_path, bundled):
    save_static(tmp_path / "start", bundled.tokenizer, bundled.piece_embeddings(), "adapted", "int8")

    with pytest.raises(InvalidInputError, match="adapted already"):
        adapt_encoder(StaticEncoder.load(tmp_path / "start"), organisation(), tmp_path / "encoder")


def test_a_folder_that_no_adaptation_wrote_is_left_alone(tmp_path):
    (tmp_path / "encoder").mkdir()

    with (
        pytest.raises(InvalidInputError, match="name another folder with --output"),
        writing_encoder(tmp_path / "encoder"),
    ):
        pytest.fail("not refused")


def test_two_adaptations_do_not_write_to_one_place(tmp_path):
    output = tmp_path / "encoder"
    with (
        FileLock(tmp_path / "encoder.lock"),
        pytest.raises(LockedError, match="Another adapt"),
        writing_encoder(output),
    ):
        pytest.fail("not refused")


def publish_for_ever(output, tokenizer, tables):
    for number in range(10**6):
        with writing_encoder(output):
            folder = unfinished_folder(output)
            save_static(folder, tokenizer, tables[number % 2], "adapted", "int8")
            publish_encoder(folder, output)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_killed_at_any_moment_it_leaves_the_old_encoder_or_the_new(tmp_path, bundled):
    output = tmp_path / "encoder"
    tables = [bundled.piece_embeddings() * sign for sign in (1, -1)]
    known, chance = set(), random.Random(3)
    for _ in range(12):
        process = multiprocessing.get_context("fork").Process(
            target=publish_for_ever, args=(output, bundled.tokenizer, tables)
        )
        process.start()
        deadline = time.monotonic() + 30
        while not output.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.4))
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        encoder = StaticEncoder.load(output)
        assert np.linalg.norm(encoder.encode(["la pompe"])) == pytest.approx(1, abs=1e-3)
        known.add(encoder.id)
    assert len(known) <= 2
    assert len(entries(tmp_path)) <= 4
