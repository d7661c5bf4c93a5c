"""Public Stack Exchange dumps: a folder with Posts.xml and, when there, Users.xml and Comments.xml.

Posts are read twice, first for what answers and comments need of their question: its title, its asker and which
answer it accepted. It costs a fifth of the import and makes the order of posts irrelevant.

Comments of some length are messages of the thread: who comments usually knows, but a remark weighs less than an answer
(0.3). Shorter ones ("thanks", "+1") are not taken. Votes.xml is not read: up and down votes are summed in the posts'
Score, acceptance is their AcceptedAnswerId, and who voted is nobody's business. Tags.xml only counts the tags that
posts carry.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from ingestion.building import build
from ingestion.file_source import FileSource
from ingestion.files import require
from ingestion.language import detect_language
from ingestion.seen import FirstSeen, repeated
from ingestion.source import Item, PersonalFields, Skipped
from ingestion.text import html_to_text
from ingestion.xml_rows import read_rows
from models.errors import InvalidInputError
from models.records import DocumentKind, DocumentRecord, PersonRecord, Record, Role

QUESTION, ANSWER = "1", "2"
# The account of the site itself.
COMMUNITY_USER = "-1"
COMMENT_LENGTH = 80
COMMENT_WEIGHT = 0.3
# The site's language is read from so many questions.
SAMPLED_QUESTIONS = 50
# The archive names each folder by its site's host.
HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|net|org)")
OPTIONAL_FILES = ("Users.xml", "Comments.xml")

Row = dict[str, str]


class StackExchangeSource(FileSource):
    """A dump folder."""

    format = "stackexchange"
    personal_fields = PersonalFields(
        taken=("user id", "DisplayName", "AboutMe", "posts, edits and comments with their dates"),
        dropped=("Location", "WebsiteUrl", "Age", "EmailHash", "AccountId", "ProfileImageUrl", "votes", "badges"),
    )

    def __init__(self, path: Path) -> None:
        self.posts = self.dump_file(require(path), "Posts.xml")
        self.optional = {name: self.dump_file(path, name) for name in OPTIONAL_FILES}
        if self.posts is None:
            message = f"'{path}' has no Posts.xml (or Posts.xml.gz); give the folder of an unpacked dump"
            raise InvalidInputError(message)
        found = [self.optional["Users.xml"], self.posts, self.optional["Comments.xml"]]
        super().__init__(path, [file for file in found if file is not None])
        host = path.resolve().name
        self.site = f"https://{host}" if HOST.fullmatch(host) else None

    @staticmethod
    def dump_file(path: Path, name: str) -> Path | None:
        """Return the path of one file of the dump, unpacked or not; None if it is not there."""
        return next((path / n for n in (name, f"{name}.gz", name.lower()) if (path / n).is_file()), None)

    @property
    def bytes_total(self) -> int:
        """Return the size of the files, the posts counted twice because they are read twice."""
        return self.files.bytes_total + (self.posts.stat().st_size if self.posts else 0)

    def read(self, start: int = 0) -> Iterator[Item]:
        """Yield one item per user, post and comment; rows before `start` only give their ids."""
        self.files.rewind()
        number = 0
        with closing(PostIndex()) as posts:
            posts.gather(self)
            for path, reader in (
                (self.optional["Users.xml"], UserReader(self, posts)),
                (self.posts, PostReader(self, posts)),
                (self.optional["Comments.xml"], CommentReader(self, posts)),
            ):
                if path is None:
                    continue
                name, seen = self.files.name(path), FirstSeen()
                for row_number, row in read_rows(self.files, path):
                    first = seen.check(row.get("Id", ""), row_number)
                    number += 1
                    if number > start:
                        yield reader.item(name, row_number, row, first)


def refused(name: str, number: int, reason: str, ids: tuple[str, ...] | None) -> Item:
    """Return the item of a row that gives nothing."""
    return Item(name, number, skipped=(Skipped(name, number, reason, ids),))


class PostIndex:
    """What answers and comments need of other posts, in a temporary database so that memory stays bounded."""

    def __init__(self) -> None:
        self.database = sqlite3.connect("")
        self.database.execute("PRAGMA journal_mode=OFF")
        self.database.execute("CREATE TABLE post (id TEXT PRIMARY KEY, parent TEXT, owner TEXT, title TEXT)")
        self.database.execute("CREATE TABLE accepted (id TEXT PRIMARY KEY)")
        self.language: str | None = None

    def close(self) -> None:
        """Forget everything."""
        self.database.close()

    def gather(self, source: StackExchangeSource) -> None:
        """Go through the posts; where they break off, the reading that follows says so."""
        languages: list[str | None] = []
        if source.posts is None:
            return
        try:
            for _, row in read_rows(source.files, source.posts):
                values = [row.get(name) for name in ("Id", "ParentId", "OwnerUserId", "Title")]
                self.database.execute("INSERT OR IGNORE INTO post VALUES (?, ?, ?, ?)", values)
                if row.get("AcceptedAnswerId"):
                    self.database.execute("INSERT OR IGNORE INTO accepted VALUES (?)", (row["AcceptedAnswerId"],))
                if row.get("PostTypeId") == QUESTION and len(languages) < SAMPLED_QUESTIONS:
                    languages.append(detect_language(f"{row.get('Title')}\n{html_to_text(row.get('Body', ''))}"))
        except InvalidInputError:
            pass
        common = Counter(language for language in languages if language).most_common(1)
        self.language = common[0][0] if common else None

    def question(self, post_id: str) -> tuple[str, str, str | None] | None:
        """Return id, title and asker of the question that a post is or answers; None if it is not in the dump."""
        found = self.database.execute(
            "SELECT q.id, q.title, q.owner FROM post p JOIN post q ON q.id = coalesce(p.parent, p.id) WHERE p.id = ?",
            (post_id,),
        ).fetchone()
        return (found[0], found[1] or "", found[2]) if found else None

    def accepts(self, post_id: str) -> bool:
        """Return whether a question accepts this answer."""
        return self.database.execute("SELECT 1 FROM accepted WHERE id = ?", (post_id,)).fetchone() is not None


class RowReader:
    """Reads rows of one file."""

    def __init__(self, source: StackExchangeSource, posts: PostIndex) -> None:
        self.site = source.site
        self.posts = posts

    def item(self, name: str, number: int, row: Row, first: int | None) -> Item:
        """Return the item of a row; `first` is the row where its id came before, if it did."""
        if not row.get("Id"):
            return refused(name, number, "the row has no Id", None)
        if first is not None:
            return refused(name, number, repeated(row["Id"], first), ())
        kind, fields = self.fields(row)
        if kind is None:
            return Item(name, number)
        built = build(kind, fields)
        skipped = tuple(Skipped(name, number, f"'{fields['id']}': {fault}", (fields["id"],)) for fault in built.faults)
        return Item(name, number, (built.record,) if built.record else (), skipped)  # type: ignore[arg-type]

    def fields(self, row: Row) -> tuple[type[Record] | None, dict[str, Any]]:
        """Return the kind of record a row makes, None for no record, and its fields."""
        raise NotImplementedError

    def url(self, path: str) -> str | None:
        """Return the address of a page of the site, when the site is known."""
        return f"{self.site}/{path}" if self.site else None


class UserReader(RowReader):
    """Reads Users.xml."""

    def fields(self, row: Row) -> tuple[type[Record] | None, dict[str, Any]]:
        """Return a person, without what the site tells of them beyond their name and their own words."""
        user = row["Id"]
        if user == COMMUNITY_USER:
            return None, {}
        name = row.get("DisplayName", "").strip()[:300] or f"user{user}"
        bio = html_to_text(row.get("AboutMe", "")) or None
        return PersonRecord, {"id": user, "name": name, "bio": bio, "url": self.url(f"users/{user}")}


class PostReader(RowReader):
    """Reads Posts.xml."""

    def fields(self, row: Row) -> tuple[type[Record] | None, dict[str, Any]]:
        """Return a question or an answer; wikis of tags and other kinds of posts are not taken."""
        kind = row.get("PostTypeId")
        if kind not in (QUESTION, ANSWER):
            return None, {}
        text = html_to_text(row.get("Body", ""))
        own = self.question(row, text) if kind == QUESTION else self.answer(row, text)
        return DocumentRecord, {
            "id": row["Id"],
            "text": text,
            "created_at": row.get("CreationDate"),
            "score": row.get("Score"),
            "tags": read_tags(row.get("Tags", "")),
            **own,
        }

    def question(self, row: Row, text: str) -> dict[str, Any]:
        """Return the fields of a question alone."""
        title = row.get("Title", "")
        return {
            "kind": DocumentKind.QUESTION,
            "title": title[:1000],
            "language": detect_language(f"{title}\n{text}", self.posts.language),
            "url": self.url(f"q/{row['Id']}"),
            "people": contributors(row, Role.ASKED),
        }

    def answer(self, row: Row, text: str) -> dict[str, Any]:
        """Return the fields of an answer alone."""
        question = self.posts.question(row["Id"])
        accepted = self.posts.accepts(row["Id"])
        return {
            "kind": DocumentKind.ANSWER,
            "title": question[1][:1000] if question else "",
            "language": detect_language(text, self.posts.language),
            "thread": row.get("ParentId"),
            "accepted": accepted,
            "url": self.url(f"a/{row['Id']}"),
            "people": contributors(row, Role.ACCEPTED if accepted else Role.ANSWERED),
        }


class CommentReader(RowReader):
    """Reads Comments.xml."""

    def fields(self, row: Row) -> tuple[type[Record] | None, dict[str, Any]]:
        """Return a message of the thread."""
        text = row.get("Text", "").strip()
        question = self.posts.question(row.get("PostId", ""))
        user = row.get("UserId")
        if len(text) < COMMENT_LENGTH or question is None or user in (None, COMMUNITY_USER):
            return None, {}
        thread, title, asker = question
        role = Role.ASKED if user == asker else Role.ANSWERED
        return DocumentRecord, {
            "id": f"comment-{row['Id']}",
            "kind": DocumentKind.MESSAGE,
            "title": title[:1000],
            "text": text,
            "language": detect_language(text, self.posts.language),
            "thread": thread,
            "created_at": row.get("CreationDate"),
            "score": row.get("Score"),
            "people": [{"person": user, "role": role, "weight": COMMENT_WEIGHT}],
        }


def contributors(row: Row, role: Role) -> list[dict[str, Any]]:
    """Return the owner of a post and, if someone else, its last editor; deleted users are nobody."""
    owner, editor = row.get("OwnerUserId"), row.get("LastEditorUserId")
    people: list[dict[str, Any]] = []
    if owner and owner != COMMUNITY_USER:
        people.append({"person": owner, "role": role})
    if editor and editor not in (owner, COMMUNITY_USER):
        people.append({"person": editor, "role": Role.EDITED, "at": row.get("LastEditDate")})
    return people


def read_tags(tags: str) -> list[str]:
    """Return the tags of a post, written as <a><b> in older dumps and as |a|b| in newer ones."""
    found = re.findall(r"<([^<>]+)>", tags) if "<" in tags else tags.split("|")
    return [tag.strip() for tag in found if tag.strip()]
