"""Whatever bytes a source is given, it reports or raises InvalidInputError: never anything else."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.day_order import DayOrder, decide_order, read_period
from ingestion.formats import open_source
from ingestion.language import detect_language
from ingestion.mail_text import strip_mail_quotes
from ingestion.text import html_to_text, markdown_to_text
from models.errors import InvalidInputError

TEXT = st.text(max_size=60)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8
)
IDS = st.sampled_from(["a", "b", "1"]) | SCALARS
ANSWERS = st.fixed_dictionaries(
    {}, optional={"id": IDS, "author": JSON, "text": TEXT | JSON, "created": JSON, "score": JSON}
)
THREADS = st.fixed_dictionaries(
    {"id": IDS},
    optional={
        "title": TEXT | JSON,
        "text": TEXT | JSON,
        "lang": JSON,
        "tags": JSON,
        "asker": JSON,
        "created": JSON,
        "score": JSON,
        "answers": st.lists(ANSWERS | JSON, max_size=3) | JSON,
    },
)
RECORD_FIELDS = ("id", "name", "kind", "title", "text", "people", "email", "person", "earliest", "declared_by", "role")
RECORDS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["unit", "person", "document", "association", "community", "membership", "departure"])
        | JSON
    },
    optional=dict.fromkeys(RECORD_FIELDS, JSON),
)
CELLS = st.text(alphabet=st.sampled_from(list("aé1/-:;,\t\"'\n\r .@\x00")), max_size=20)
ROWS = st.lists(st.lists(CELLS, max_size=6), max_size=5)
XML = st.text(alphabet=st.sampled_from(list("<>/=\"' &;rowIdTitle12\n")), max_size=80)


MISSIONS = st.fixed_dictionaries(
    {},
    optional={
        "_id": st.sampled_from(["product:a", "team:b", "incubator:c"]) | JSON,
        "person_id": st.sampled_from(["p", "q"]) | JSON,
        "unit": st.sampled_from(["product:a", "team:b", "incubator:c"]) | JSON,
        "start": st.sampled_from(["2020-01-01", "2025-01-01", "2030-01-01"]) | JSON,
        "end": st.sampled_from(["2020-02-01", "2025-02-01", "2030-02-01"]) | JSON,
        "current": st.booleans() | JSON,
        **dict.fromkeys(("title", "text", "lang", "incubator", "created", "themes", "phases", "name", "role"), JSON),
        **dict.fromkeys(("domain", "skills", "bio"), JSON),
    },
)


def read(format_name: str, name: str, content: bytes, dates: str | None = None) -> None:
    """Read a source to its end, or to its error; every item must name its place."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        given_path = Path(folder) if format_name in ("stackexchange", "documents") else path
        items = []
        with suppress(InvalidInputError):
            items.extend(open_source(format_name, given_path, dates=dates).read())
        assert all(item.file for item in items)
        assert all(skip.reason for item in items for skip in item.skipped)


@given(content=st.binary(max_size=300))
@pytest.mark.parametrize(
    ("format_name", "name"),
    [
        ("threads", "t.jsonl"),
        ("stackexchange", "Posts.xml"),
        ("people", "p.csv"),
        ("records", "r.jsonl"),
        ("documents", "d.md"),
        ("documents", "d.html"),
        ("documents", "d.txt"),
        ("documents", "d.pdf"),
        ("documents", "d.docx"),
    ],
)
@settings(max_examples=40, deadline=None)
def test_any_bytes_are_reported_or_refused(format_name: str, name: str, content: bytes) -> None:
    read(format_name, name, content)


@given(threads=st.lists(THREADS, max_size=4))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_json_is_read_as_threads_or_reported(threads: list[object]) -> None:
    read("threads", "t.jsonl", "\n".join(map(json.dumps, threads)).encode())


@given(records=st.lists(RECORDS, max_size=4))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_json_is_read_as_records_or_reported(records: list[object]) -> None:
    read("records", "r.jsonl", "\n".join(map(json.dumps, records)).encode())


@given(lines=st.lists(MISSIONS, max_size=6))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_json_is_read_as_missions_or_reported(lines: list[object]) -> None:
    """Each line stands in all three files: as what people work on, as a person, and as a mission."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("documents", "people", "memberships"):
            (Path(folder) / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        items = list(open_source("missions", Path(folder), today=date(2025, 1, 15)).read())
    assert all(skip.reason and skip.line for item in items for skip in item.skipped)
    assert len(items) == 3 * len(lines)


@given(rows=ROWS, encoding=st.sampled_from(["utf-8", "cp1252", "utf-16"]), dates=st.sampled_from([None, *DayOrder]))
@settings(max_examples=80, deadline=None)
def test_any_table_is_read_or_reported(rows: list[list[str]], encoding: str, dates: str | None) -> None:
    header = "ID;Nom;Courriel;Embauche;Départ;Annoncé"
    content = "\n".join([header, *(";".join(cells) for cells in rows)])
    read("people", "p.csv", content.encode(encoding), dates)


@given(rows=XML)
@settings(max_examples=80, deadline=None)
def test_any_xml_is_read_or_refused(rows: str) -> None:
    read("stackexchange", "Posts.xml", f"<posts>{rows}</posts>".encode())


@given(front=st.text(alphabet=st.sampled_from(list("ab:[]{}-&*!|> \n\t\"'#1")), max_size=80))
@settings(max_examples=80, deadline=None)
def test_any_front_matter_is_read_or_reported(front: str) -> None:
    read("documents", "d.md", f"---\n{front}\n---\ntext".encode())


@given(
    values=st.dictionaries(st.sampled_from(["title", "kind", "authors", "date", "lang", "tags", "url", "space"]), JSON)
)
@settings(max_examples=80, deadline=None)
def test_any_details_are_read_or_reported(values: dict[str, object]) -> None:
    read("documents", "d.md", f"---\n{json.dumps(values)}\n---\ntext".encode())


@given(text=st.text(alphabet=st.sampled_from(list("<>/&;abpre=\"' \n#*`[]()!|-_~>0123456789.")), max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_becomes_plain_text(text: str) -> None:
    for convert in (html_to_text, markdown_to_text, strip_mail_quotes):
        assert isinstance(convert(text), str)
    detect_language(text)


@given(cells=st.lists(st.text(alphabet=st.sampled_from(list("0123456789/-. :T")), max_size=12), max_size=6))
@settings(max_examples=150, deadline=None)
def test_any_dates_give_an_order_or_a_question(cells: list[str]) -> None:
    order = DayOrder.DAY_FIRST
    with suppress(InvalidInputError):
        order = decide_order("x.csv", enumerate(cells))
    for cell in cells:
        with suppress(ValueError):
            first, last = read_period(cell, order)
            assert first <= last
