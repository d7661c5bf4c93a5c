import time

import numpy as np

from evaluation.encoder_speed import measure_beside, measure_speed


class Waiting:
    """An encoder that takes so long for each call."""

    id, dim = "waiting", 1

    def __init__(self, seconds):
        self.seconds = seconds
        self.texts = []

    def encode(self, texts):
        self.texts = list(texts)
        time.sleep(self.seconds)
        return np.ones((len(texts), 1), np.float32)


def test_two_encoders_are_timed_on_the_same_sentences(tmp_path):
    (tmp_path / "sts.csv").write_text("".join(f"sentence {n},other,3\n" for n in range(3000)), encoding="utf-8")
    fast, slow = Waiting(0.01), Waiting(0.2)

    measured = measure_beside(fast, slow, tmp_path)

    assert fast.texts == slow.texts
    assert len(fast.texts) == 500
    assert 5 < measured["ratio"] <= 20
    assert measured["short_sentences_per_s"] > measured["other_short_sentences_per_s"]


def test_without_sentences_there_is_no_speed(tmp_path):
    assert measure_speed(Waiting(0), tmp_path) == 0
