import numpy as np
from tokenizers import Tokenizer, models, pre_tokenizers

from recommender.encoders.batches import Mixed, Neighbours, TokenTable, group_neighbours


def test_tokens_of_some_texts_come_one_after_the_other_without_the_unknown_one():
    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "lock": 1, "gate": 2}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    table = TokenTable(tokenizer, ["lock gate", "weir", "gate weir gate lock"])

    tokens, starts = table.batch(np.array([2, 1, 0]))

    assert (tokens.tolist(), starts.tolist()) == ([2, 2, 1, 0, 1, 2], [0, 3, 4])


def test_every_row_comes_before_any_comes_again():
    batches = Mixed(6, np.random.default_rng(1))

    assert sorted(np.concatenate([batches.take(2) for _ in range(3)]).tolist()) == list(range(6))
    assert len(batches.take(4)) == 4


def test_similar_rows_share_a_group_and_come_together():
    angles = np.repeat([0.0, 2.0, 4.0], 400) + np.random.default_rng(1).normal(0, 0.01, 1200)
    groups = group_neighbours(np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32), 12, 1)
    by_angle = [set(part.tolist()) for part in np.split(groups, 3)]

    assert len(set.union(*by_angle)) == sum(map(len, by_angle))
    taken = Neighbours(np.repeat([0, 1, 2], 400), np.random.default_rng(1)).take(128)
    assert len(taken) == 128
    assert np.bincount(np.repeat([0, 1, 2], 400)[taken[32:]]).max() == 96
