"""Vocabularies: labels of areas taken from a file of skills."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from api.wiring import Service
from ingestion.vocabulary import read_vocabulary
from models.access import Viewer
from models.areas import take_vocabulary_label
from models.queries.areas import read_every_area
from recommender.area_vocabulary import TakenLabel, nearest_entries
from recommender.encoders.choose import load_bundled


def take_labels(service: Service, now: datetime, path: Path, name: str) -> list[TakenLabel]:
    """Give areas that nobody named the labels of a vocabulary's entries where one says what they are about."""
    entries = read_vocabulary(path)
    encoder = service.encoder() or load_bundled()
    with service.store.write() as session:
        areas = read_every_area(session, Viewer(), now.date())
        labels = [(entry.label_fr, entry.label_en) for entry in entries]
        taken = nearest_entries(areas, [entry.external_id for entry in entries], labels, encoder)
        for label in taken:
            pair = (label.label_fr, label.label_en)
            take_vocabulary_label(session, now, label.area_id, name, label.external_id, pair)
    return taken
