"""A small experiment, judged by hand in the tests that use it."""

from __future__ import annotations

from evaluation.experiment import Data, Experiment, Query, SystemResult

DATA = Data("toy", "v1", "four questions")
QUERIES = [
    Query("q1", "vanne", "fr", traits={"area": "rare"}),
    Query("q2", "restart the pump of the lower lock", "en", traits={"area": "common"}),
    Query("q3", "pompe", "fr", traits={"area": "common"}),
    Query("q4", "not judged", "en"),
]
QRELS = {"q1": {"ana": 1}, "q2": {"bob": 1}, "q3": {"ana": 1, "eve": 1}, "q9": {"ana": 1}}


def experiment() -> Experiment:
    """Two systems; by reciprocal rank releve has 1, 1/2, 1 and the other 1/2, 0, 1."""
    releve = {"q1": {"ana": 2.0, "bob": 1.0}, "q2": {"ana": 2.0, "bob": 1.0}, "q3": {"ana": 1.0}, "q4": {"bob": 1.0}}
    other = {"q1": {"bob": 2.0, "ana": 1.0}, "q3": {"eve": 1.0, "bob": 0.5}}
    latency = {"q1": 10.0, "q2": 20.0, "q3": 30.0, "q4": 40.0}
    results = [SystemResult("releve", releve, latency), SystemResult("popularity", other, {})]
    return Experiment(DATA, QUERIES, QRELS, results, seed=7, command="releve evaluate toy")
