"""A community that someone leaves, and a history of leadership, small enough to count by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

PAYROLL = ("the payroll slip", "a payroll deduction", "overtime on the payroll", "the payroll bonus", "payroll hours")
PUMPS = ("the water pump", "the motor of the pump", "a leak at the pump", "the valve of the pump", "a pump seal")
FIRST = date(2020, 1, 1)


def asked(name: str, phrases: Sequence[str], number: int, day: date, *authors: str) -> dict[str, Any]:
    """Return a thread about a subject, answered a day later by each of these in turn."""
    one, two, three = (phrases[(number * step) % len(phrases)] for step in (1, 2, 3))
    return {
        "id": name,
        "asker": "ann",
        "created": day.isoformat(),
        "lang": "en",
        "title": f"About {one}",
        "text": f"How do I check {two} and {three}?",
        "answers": [
            {
                "id": str(place),
                "author": author,
                "created": (day + timedelta(days=place)).isoformat(),
                "text": f"Look at {one} first, then at {two}.",
            }
            for place, author in enumerate(authors, start=1)
        ],
    }


def community() -> list[dict[str, Any]]:
    """Return threads where Lea stops answering on payroll, and Max, who once answered beside her, takes over.

    Lea answers ten on payroll in 2020; Pia answers ten on pumps then, and five more in 2021, when Max answers three
    on payroll, Noa, whom nobody knew, one, and Ann, who asks, one of her own.
    """
    month = timedelta(days=30)
    threads = [asked(f"pay{n}", PAYROLL, n, FIRST + n * month, "lea", *(["max"] if n == 9 else [])) for n in range(10)]
    threads += [asked(f"pump{n}", PUMPS, n, FIRST + n * month, "pia") for n in range(10)]
    later = date(2021, 2, 1)
    threads += [asked(f"pay{10 + n}", PAYROLL, n, later + n * month, "max") for n in range(3)]
    threads += [asked("pay14", PAYROLL, 4, later + 5 * month, "noa"), asked("pay15", PAYROLL, 3, later, "ann")]
    threads += [asked(f"pump{10 + n}", PUMPS, n, later + n * month, "pia") for n in range(5)]
    # The last answer, two years after the first one and a week: there is one handover, on 8 January 2021.
    return [*threads, asked("pump15", PUMPS, 2, date(2022, 1, 7), "pia")]


def write_community(folder: Path, threads: Sequence[Mapping[str, Any]] | None = None) -> Path:
    folder.mkdir()
    lines = community() if threads is None else threads
    (folder / "threads.jsonl").write_text("".join(json.dumps(found) + "\n" for found in lines), encoding="utf-8")
    return folder


def event(kind: str, group: str, person: str, day: str, role: str = "chair", **flags: bool) -> dict[str, Any]:
    return {"community": group, "person_id": person, "role": role, "date": day, "event": kind, **flags}


EVENTS = [
    event("join", "sig-net", "ada", "2018-11-20", initial=True),
    event("join", "sig-net", "bea", "2018-11-20", initial=True),
    event("join", "sig-app", "cyd", "2018-11-20", founding=True),
    # Bea changes her role: she stays.
    event("join", "sig-net", "bea", "2019-03-10", role="lead", change_of_role=True),
    event("leave", "sig-net", "bea", "2019-03-10", change_of_role=True),
    event("leave", "sig-net", "ada", "2019-05-10"),
    event("join", "sig-net", "dan", "2019-05-10"),
    event("join", "sig-net", "eva", "2019-05-10"),
    event("join", "sig-app", "ada", "2019-11-20"),
]
"""Dan, who had written, follows Ada in sig-net, with Eva, of whom nothing was known; Ada then follows in sig-app."""

EVIDENCE = [
    ("keps/sig-net/1", "2018-10-01", [("dan", "wrote"), ("ada", "reviewed"), ("ada", "approved")]),
    ("keps/sig-net/2", "2018-12-01", [("fay", "wrote"), ("bea", "approved")]),
    ("keps/sig-net/3", "2018-12-15", [("dan", "wrote"), ("bea", "reviewed")]),
    ("keps/sig-app/4", "2018-12-20", [("fay", "wrote"), ("cyd", "reviewed")]),
    ("keps/sig-app/5", "2018-12-28", [("fay", "wrote")]),
    ("keps/sig-net/6", "2019-06-01", [("eva", "wrote"), ("fay", "reviewed")]),
]


def write_leadership(folder: Path, events: Sequence[Mapping[str, Any]] = EVENTS) -> Path:
    evidence = folder / "evidence"
    evidence.mkdir(parents=True)
    (folder / "events.jsonl").write_text("".join(json.dumps(found) + "\n" for found in events), encoding="utf-8")
    corpus = [
        {"_id": id_, "title": id_, "text": f"About {id_}", "lang": "en", "created": day} for id_, day, _ in EVIDENCE
    ]
    (evidence / "corpus.jsonl").write_text("".join(json.dumps(found) + "\n" for found in corpus), encoding="utf-8")
    rows = ["doc_id\tperson_id\trole\tweight"]
    rows += [f"{id_}\t{person}\t{role}\t1" for id_, _, people in EVIDENCE for person, role in people]
    (evidence / "associations.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder
