"""Threads: JSON lines, one question with its answers per line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from ingestion.building import build
from ingestion.file_source import FileSource
from ingestion.files import Line, read_lines, require, too_long
from ingestion.language import detect_language
from ingestion.mail_text import strip_mail_quotes
from ingestion.seen import FirstSeen, repeated
from ingestion.source import Item, PersonalFields, Skipped
from models.errors import InvalidInputError
from models.records import DocumentKind, DocumentRecord, Role

PATCHES = "patches.jsonl"
LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]+)*")


class ThreadsSource(FileSource):
    """A file of threads, a folder holding threads.jsonl, or a folder of such files."""

    format = "threads"
    personal_fields = PersonalFields(
        taken=("asker and author as given (an id, an e-mail address or a name)", "title", "text", "created"),
        dropped=("every other field of a thread or an answer",),
    )

    def __init__(self, path: Path) -> None:
        super().__init__(path, thread_files(require(path)))

    def read(self, start: int = 0) -> Iterator[Item]:
        """Yield one item per line; lines before `start` only give their ids."""
        seen = FirstSeen()
        for number, line in enumerate(read_lines(self.files)):
            if number < start:
                thread = loaded(line)
                if isinstance(thread, dict) and (thread_id := as_id(thread.get("id"))):
                    seen.check(thread_id, line.number)
            else:
                yield read_thread(line, seen)


def thread_files(path: Path) -> list[Path]:
    """Return the files of threads at a path, in the order of their names."""
    if not path.is_dir():
        return [path]
    for name in ("threads.jsonl", "threads.jsonl.gz"):
        if (path / name).is_file():
            return [path / name]
    found = sorted(
        file
        for file in path.iterdir()
        if file.is_file() and file.name.endswith((".jsonl", ".jsonl.gz")) and not file.name.startswith((PATCHES, "."))
    )
    if not found:
        message = f"'{path}' holds neither threads.jsonl nor any other .jsonl or .jsonl.gz file"
        raise InvalidInputError(message)
    return found


def loaded(line: Line) -> object:
    """Return what the JSON of a line says, or None."""
    try:
        return orjson.loads(line.content) if line.content else None
    except orjson.JSONDecodeError:
        return None


def as_id(value: object) -> str:
    """Return an id given as text or number, or an empty string."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) else ""


def read_thread(line: Line, seen: FirstSeen) -> Item:
    """Return the question and the answers of one line, and what is wrong in it."""
    if line.content is None:
        return refused(line, too_long(line))
    if not line.content.strip():
        return Item(line.file, line.number)
    try:
        thread = orjson.loads(line.content)
    except orjson.JSONDecodeError as error:
        return refused(line, f"not a line of JSON in UTF-8: {error}")
    if not isinstance(thread, dict):
        return refused(line, "not a thread: a JSON object with id, title, text and answers")
    thread_id = as_id(thread.get("id"))
    if not thread_id:
        return refused(line, "the thread has no id")
    first_line = seen.check(thread_id, line.number)
    if first_line is not None:
        return refused(line, repeated(thread_id, first_line), ids=())
    return ThreadReader(line, thread_id, thread).item()


def refused(line: Line, reason: str, ids: tuple[str, ...] | None = None) -> Item:
    """Return the item of a line that gives nothing."""
    return Item(line.file, line.number, skipped=(Skipped(line.file, line.number, reason, ids),))


class ThreadReader:
    """Reads one thread, collecting what has to be skipped."""

    def __init__(self, line: Line, thread_id: str, thread: dict[str, Any]) -> None:
        self.line = line
        self.id = thread_id
        self.thread = thread
        self.language: str | None = None
        self.skipped: list[Skipped] = []

    def skip(self, reason: str, ids: tuple[str, ...] | None) -> None:
        """Note what is wrong."""
        self.skipped.append(Skipped(self.line.file, self.line.number, reason, ids))

    def item(self) -> Item:
        """Return the records of the thread."""
        question = self.question()
        if question is None:
            return Item(self.line.file, self.line.number, (), tuple(self.skipped))
        return Item(self.line.file, self.line.number, (question, *self.answers(question)), tuple(self.skipped))

    def question(self) -> DocumentRecord | None:
        """Return the question, or None when it has no usable title and text."""
        for field in ("title", "text"):
            value = self.thread.get(field)
            if not isinstance(value, str):
                problem = "is missing" if value is None else "is not text"
                self.skip(f"thread '{self.id}': {field} {problem}", self.all_ids())
                return None
        title, text = self.thread["title"], self.thread["text"]
        if not f"{title}{text}".strip():
            self.skip(f"thread '{self.id}' has neither title nor text", self.all_ids())
            return None
        self.language = stated_language(self.thread.get("lang")) or detect_language(f"{title}\n{text}")
        return self.record(
            self.id,
            self.thread,
            {"kind": DocumentKind.QUESTION, "title": title[:1000], "text": text, "language": self.language},
            (self.thread.get("asker"), Role.ASKED),
            self.all_ids(),
        )

    def answers(self, question: DocumentRecord) -> Iterator[DocumentRecord]:
        """Yield the usable answers."""
        answers = self.thread.get("answers")
        if not isinstance(answers, list):
            if answers is not None:
                self.skip(f"thread '{self.id}': answers is not a list", None)
            return
        seen: set[str] = set()
        for number, answer in enumerate(answers, start=1):
            answer_id = as_id(answer.get("id")) if isinstance(answer, dict) else ""
            reason = refusal(answer, answer_id, seen)
            if reason:
                ids = (f"{self.id}/{answer_id}",) if answer_id else None
                self.skip(f"thread '{self.id}', answer {answer_id or number}: {reason}", ids)
                continue
            seen.add(answer_id)
            record = self.answer(f"{self.id}/{answer_id}", question.title, answer)
            if record is not None:
                yield record

    def answer(self, document_id: str, title: str, answer: dict[str, Any]) -> DocumentRecord | None:
        """Return one answer."""
        accepted = answer.get("accepted") is True
        text = strip_mail_quotes(answer["text"])
        fields = {
            "text": text,
            "kind": DocumentKind.ANSWER,
            "title": title,
            "thread": self.id,
            "accepted": accepted,
            "language": stated_language(answer.get("lang")) or detect_language(text, self.language),
        }
        person = (answer.get("author"), Role.ACCEPTED if accepted else Role.ANSWERED)
        return self.record(document_id, answer, fields, person, (document_id,))

    def record(
        self,
        document_id: str,
        content: dict[str, Any],
        fields: dict[str, Any],
        person: tuple[object, Role],
        ids: tuple[str, ...] | None,
    ) -> DocumentRecord | None:
        """Return the document, without the optional fields that are wrong."""
        reference, role = person
        people = [{"person": as_id(reference), "role": role}] if reference not in (None, "") else []
        built = build(
            DocumentRecord,
            {
                "id": document_id,
                "created_at": content.get("created"),
                "score": content.get("score"),
                "tags": content.get("tags") or (),
                "people": people,
                **fields,
            },
        )
        for fault in built.faults:
            self.skip(f"'{document_id}': {fault}", ids)
        return built.record

    def all_ids(self) -> tuple[str, ...] | None:
        """Return the ids of the thread and of its answers; None when some cannot be read."""
        answers = self.thread.get("answers") or []
        if not isinstance(answers, list):
            return None
        ids = [as_id(answer.get("id")) if isinstance(answer, dict) else "" for answer in answers]
        return (self.id, *(f"{self.id}/{answer_id}" for answer_id in ids)) if all(ids) else None


def refusal(answer: object, answer_id: str, seen: set[str]) -> str:
    """Return why an answer cannot be used; empty if it can."""
    if not isinstance(answer, dict):
        return "not a JSON object"
    if not answer_id:
        return "it has no id"
    if answer_id in seen:
        return f"duplicate id '{answer_id}' in the thread"
    text = answer.get("text")
    if not isinstance(text, str):
        return "text is missing" if text is None else "text is not text"
    return "" if text.strip() else "text is empty"


def stated_language(value: object) -> str | None:
    """Return the language code a source states; None for anything else, such as 'fr/en'."""
    match = LANGUAGE.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    return match.group(1) if match else None
