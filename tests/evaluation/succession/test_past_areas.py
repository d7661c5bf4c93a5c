from __future__ import annotations

from pathlib import Path

from evaluation.succession.past_areas import PastAreas
from evaluation.testbed import Testbed
from recommender.encoders.choose import load_encoder
from recommender.indexes.columns import to_microseconds

from .histories import FIRST, PUMPS, asked, community, write_community

from datetime import UTC, datetime, timedelta  # isort: skip


def test_what_is_written_later_moves_no_area(tmp_path: Path) -> None:
    moment = to_microseconds(datetime(2021, 1, 8, tzinfo=UTC))
    later = [asked(f"flood{n}", PUMPS, n, FIRST + timedelta(days=500), "pia") for n in range(40)]
    found = []
    for name, threads in (("short", community()), ("long", [*community(), *later])):
        with Testbed.of_threads(write_community(tmp_path / name, threads), load_encoder("bundled")) as testbed:
            areas = PastAreas(testbed)
            placing = areas.find(moment)
            places = areas.places(placing, moment)
            ids = testbed.view().document_ids
            found.append(
                {(ids[code], int(area), float(strength)) for code, area, strength in zip(
                    places.documents, places.areas, places.strengths, strict=True)}
            )  # fmt: skip
    assert len(found[0]) >= 20
    assert found[0] == found[1]
