from models.queries.learning import LearningDocument
from models.records import DocumentKind
from recommender.encoders import own_pairs
from recommender.encoders.own_pairs import OwnPair, collect_pairs

QUESTION, ANSWER, PAGE = DocumentKind.QUESTION, DocumentKind.ANSWER, DocumentKind.PAGE
ASKED = "Comment redémarrer la pompe après une panne ?"
ACCEPTED = "Purger la ligne, puis ouvrir la vanne."
OTHER = "Appeler l'astreinte avant de toucher à rien."


def thread(name="q"):
    return [
        LearningDocument(name, QUESTION, "Pompe 3", ASKED, None, accepted=False),
        LearningDocument(f"{name}/1", ANSWER, "Pompe 3", OTHER, name, accepted=False),
        LearningDocument(f"{name}/2", ANSWER, "Pompe 3", ACCEPTED, name, accepted=True),
        LearningDocument(f"{name}/3", ANSWER, "Pompe 3", "+1", name, accepted=False),
    ]


def texts(pairs):
    return [(pair.first, pair.second) for pair in pairs]


def test_a_thread_pairs_its_title_and_question_with_its_answers(monkeypatch):
    monkeypatch.setattr(own_pairs, "_HELD_OUT_ONE_IN", 2**64)

    assert texts(collect_pairs(thread()).learned) == [
        ("Pompe 3", ASKED),
        ("Pompe 3", ACCEPTED),
        (ASKED, ACCEPTED),
        ("Pompe 3", OTHER),
        (ASKED, OTHER),
    ]


def test_a_document_pairs_its_title_with_its_passages_and_neighbours_with_each_other(monkeypatch):
    monkeypatch.setattr(own_pairs, "_HELD_OUT_ONE_IN", 2**64)
    first, second = "La pompe. " * 99 + "Fin.", "La vanne. " * 99 + "Fin."

    pairs = collect_pairs([LearningDocument("d", PAGE, "Guide", f"{first}\n\n{second}", None, accepted=False)]).learned

    assert texts(pairs) == [("Guide", first), ("Guide", second), (first, second)]


def test_a_held_out_thread_gives_its_title_and_accepted_answer(monkeypatch):
    monkeypatch.setattr(own_pairs, "_HELD_OUT_ONE_IN", 1)

    pairs = collect_pairs(thread())

    assert (pairs.learned, pairs.held_out) == ([], [OwnPair("Pompe 3", ACCEPTED, "q")])


def test_an_unanswered_question_is_measured_by_its_own_text(monkeypatch):
    monkeypatch.setattr(own_pairs, "_HELD_OUT_ONE_IN", 1)

    assert texts(collect_pairs(thread()[:1]).held_out) == [("Pompe 3", ASKED)]


def test_no_subject_is_both_learned_from_and_measured_on():
    documents = [document for number in range(100) for document in thread(f"q{number}")]

    pairs = collect_pairs(documents)

    learned, held_out = ({pair.subject for pair in some} for some in (pairs.learned, pairs.held_out))
    assert not learned & held_out
    assert len(learned | held_out) == 100
    assert 10 <= len(held_out) <= 30
    assert collect_pairs(reversed(documents)) == pairs
