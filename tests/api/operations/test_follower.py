"""The follower: one process writes, all open what was written, questions never wait, errors come and go."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.operations.follower import IndexFollower
from api.settings import Settings
from api.wiring import Service, create_service
from models.access import Viewer
from models.errors import LockedError
from tests.api.operations.serving import write_practice


@pytest.fixture
def services(tmp_path: Path) -> Iterator[tuple[Service, Service]]:
    """The services of two workers over one store."""
    write_practice(tmp_path, "p1", "Guide de la pompe")
    settings = Settings(home=tmp_path, encoder="words")
    with create_service(settings) as one, create_service(settings) as other:
        for service in (one, other):
            service.follow_in_background()
        yield one, other


def found(service: Service, question: str) -> list[str]:
    answer = service.recommender().find_experts(question, Viewer())
    return [evidence.title for expert in answer.experts for evidence in expert.evidence]


def test_one_worker_makes_the_first_index_and_the_other_opens_it(services: tuple[Service, Service]) -> None:
    one, other = services
    IndexFollower(one).step()
    IndexFollower(other).step()
    assert found(one, "pompe") == found(other, "pompe") == ["Guide de la pompe"]


def test_a_question_reads_nothing_new_itself(services: tuple[Service, Service], tmp_path: Path) -> None:
    one, other = services
    followers = [IndexFollower(service) for service in services]
    for follower in followers:
        follower.step()
    assert found(other, "pompe")
    write_practice(tmp_path, "p2", "Manuel du xylophone")
    followers[0].step()
    assert found(one, "xylophone") == ["Manuel du xylophone"]
    before = other.index().snapshot
    assert found(other, "xylophone") == []
    assert other.index().snapshot is before
    followers[1].step()
    assert found(other, "xylophone") == ["Manuel du xylophone"]


def test_a_worker_leaves_the_index_to_whoever_writes_it(services: tuple[Service, Service], tmp_path: Path) -> None:
    one, other = services
    IndexFollower(one).step()
    write_practice(tmp_path, "p2", "Manuel du xylophone")
    with one.index().writing():
        IndexFollower(other).step()
        assert other.index_state().lag > 0
        with pytest.raises(LockedError):
            other.update_index()
    IndexFollower(other).step()
    assert other.index_state().lag == 0


def test_an_import_waits_for_a_worker_that_writes(services: tuple[Service, Service], tmp_path: Path) -> None:
    one, other = services
    IndexFollower(one).step()
    write_practice(tmp_path, "p2", "Manuel du xylophone")
    with one.index().writing():
        importing = threading.Thread(target=other.update_index, kwargs={"wait_s": 30})
        importing.start()
        importing.join(0.3)
        assert importing.is_alive()
    importing.join(30)
    assert other.index_state().lag == 0


def test_an_error_is_outlived_and_what_served_still_serves(services: tuple[Service, Service], tmp_path: Path) -> None:
    one, _ = services
    follower = IndexFollower(one)
    follower.step()
    write_practice(tmp_path, "p2", "Manuel du xylophone")

    def fail() -> None:
        raise RuntimeError

    follower.after_update = fail
    assert follower.try_step()
    assert found(one, "pompe") == ["Guide de la pompe"]
    follower.after_update = None
    assert not follower.try_step()


def test_a_follower_stops_when_asked_and_an_unfinished_update_is_dropped(services: tuple[Service, Service]) -> None:
    one, _ = services
    follower = IndexFollower(one, poll_s=0.01)
    follower._stopping.set()
    assert not follower.try_step()
    assert one.index_state().problem  # nothing half done is published
    follower._stopping.clear()
    follower.start()
    follower.stop(timeout_s=20)
    assert not follower._thread.is_alive()
