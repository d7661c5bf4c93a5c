from __future__ import annotations

from evaluation.experiment import Data, Query, run_systems


class Alphabetical:
    name = "alphabetical"

    def __init__(self) -> None:
        self.asked: list[tuple[str, int | None]] = []

    def rank(self, query: Query, top: int | None) -> list[tuple[str, float]]:
        self.asked.append((query.id, top))
        return [("ana", 2.0), ("bob", 1.0)][:top] if query.text else []


def test_every_system_is_asked_every_query_to_the_depth_and_timed() -> None:
    system = Alphabetical()
    told: list[tuple[int, int]] = []
    found = run_systems(
        Data("d", "v", ""),
        [Query("q1", "pump"), Query("q2", "")],
        {"q1": {"ana": 1}},
        [system],
        top=1,
        seed=3,
        command="c",
        on_progress=lambda done, total: told.append((done, total)),
    )
    assert system.asked == [("q1", 1), ("q2", 1)]
    assert found.results[0].run == {"q1": {"ana": 2.0}, "q2": {}}
    assert set(found.results[0].latency_ms) == {"q1", "q2"}
    assert told == [(1, 2), (2, 2)]
    assert (found.seed, found.command) == (3, "c")
