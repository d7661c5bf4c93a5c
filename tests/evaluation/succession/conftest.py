"""The cases of a small community and of a small history, read once: nothing changes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluation.succession.cases import Cases
from evaluation.succession.reading import read_cases
from recommender.encoders.choose import load_encoder

from .histories import write_community, write_leadership


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("succession")
    return write_community(folder / "town"), write_leadership(folder / "groups")


@pytest.fixture(scope="session")
def town(folders: tuple[Path, Path]) -> Iterator[Cases]:
    with read_cases(folders[0], load_encoder("bundled")) as found:
        yield found


@pytest.fixture(scope="session")
def groups(folders: tuple[Path, Path]) -> Iterator[Cases]:
    with read_cases(folders[1], load_encoder("bundled")) as found:
        yield found
