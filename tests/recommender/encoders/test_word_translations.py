import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from recommender.encoders.training_pairs import Pair
from recommender.encoders.word_translations import learn_dictionary, translate

PAIRS = [("the lock", "l'ecluse"), ("the gate", "la porte"), ("a lock", "une ecluse"), ("a gate", "une porte")]


@pytest.fixture
def tokenizer():
    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def pairs(source, times):
    return [Pair(english, french, source, ("en", "fr")) for english, french in PAIRS] * times


def test_words_that_always_meet_translate_each_other(tokenizer):
    dictionary = learn_dictionary(tokenizer, pairs("tiny", 5), [], 100)

    assert (dictionary["lock"], dictionary["gate"], dictionary["a"]) == ("ecluse", "porte", "une")


def test_a_source_that_is_not_favoured_gives_only_so_many_pairs(tokenizer):
    assert learn_dictionary(tokenizer, pairs("tiny", 5), [], 0) == {}
    assert "lock" in learn_dictionary(tokenizer, pairs("tiny", 5), ["tiny"], 0)


def test_a_text_is_translated_word_by_word_when_most_words_are_known(tokenizer):
    dictionary = {"a": "une", "lock": "ecluse"}

    assert translate(tokenizer, "A lock, 1890 rebuilt", dictionary) == "une ecluse , 1890 rebuilt"
    assert translate(tokenizer, "a weir downstream", dictionary) is None
    assert translate(tokenizer, "1890", dictionary) is None
