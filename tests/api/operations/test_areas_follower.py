"""Areas follow the published index apart from it: neither waits for the other, one process at a time writes them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

import recommender.areas
from api.operations.areas_follower import AreasFollower
from api.operations.follower import IndexFollower
from api.settings import Settings
from api.wiring import Service, create_service
from models.access import Viewer
from models.errors import LockedError
from models.queries.areas import read_every_area
from models.records import DocumentKind, DocumentRecord
from models.writing import Writer

WORDS = ("la pompe", "le moteur de la pompe", "la vanne", "le joint de la pompe")


def write_practices(service: Service, first: int, count: int) -> None:
    with service.store.write() as session:
        Writer(session, "t").write(
            [
                DocumentRecord(
                    id=f"p{number}",
                    kind=DocumentKind.PRACTICE,
                    title=f"Entretien : {WORDS[number % 4]}",
                    text=f"Il faut vérifier {WORDS[(number + 1) % 4]}.",
                    language="fr",
                )
                for number in range(first, first + count)
            ]
        )


def placed(service: Service) -> int:
    with service.store.read() as session:
        return sum(area.documents for area in read_every_area(session, Viewer(), datetime.now(UTC).date()))


def lock_of(service: Service) -> FileLock:
    return FileLock(service.index_folder() / "areas.lock")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with create_service(Settings(home=tmp_path)) as made:
        write_practices(made, 0, 12)
        made.follow_in_background()
        yield made


def test_areas_are_found_once_the_index_is_published(service: Service) -> None:
    areas = AreasFollower(service)
    areas.step()
    assert placed(service) == 0
    IndexFollower(service).step()
    assert placed(service) == 0
    areas.step()
    assert placed(service) > 0


def test_the_index_is_written_while_areas_are_being_found(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    IndexFollower(service).step()
    finding, go_on = threading.Event(), threading.Event()
    find_areas = recommender.areas.find_areas

    def find_slowly(*arguments: Any) -> Any:
        finding.set()
        assert go_on.wait(30)
        return find_areas(*arguments)

    monkeypatch.setattr(recommender.areas, "find_areas", find_slowly)
    areas = AreasFollower(service, poll_s=0.01)
    areas.start()
    assert finding.wait(30)
    write_practices(service, 12, 1)
    IndexFollower(service).step()
    assert service.index_state().lag == 0
    with pytest.raises(LockedError, match="areas"):
        service.update_areas()
    go_on.set()
    areas.stop(30)
    assert not areas._thread.is_alive()


def test_a_worker_leaves_areas_to_whoever_writes_them_and_comes_back(service: Service) -> None:
    IndexFollower(service).step()
    areas = AreasFollower(service)
    with lock_of(service):
        assert not areas.try_step()
    assert placed(service) == 0
    areas.step()
    assert placed(service) > 0


def test_a_refresh_waits_for_whoever_writes_areas(service: Service) -> None:
    IndexFollower(service).step()
    with lock_of(service):
        refreshing = threading.Thread(target=service.update_areas, kwargs={"find": True, "wait_s": 30})
        refreshing.start()
        refreshing.join(0.3)
        assert refreshing.is_alive()
    refreshing.join(30)
    assert placed(service) > 0


def test_a_follower_that_stops_leaves_the_areas_as_they_were(service: Service) -> None:
    IndexFollower(service).step()
    areas = AreasFollower(service)
    areas._stopping.set()
    assert not areas.try_step()
    assert placed(service) == 0
    areas._stopping.clear()
    areas.step()
    assert placed(service) > 0
