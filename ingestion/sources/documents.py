"""Documents: a folder of Markdown, HTML, text, PDF and Word files, with authors from the files or from sidecars."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingestion.building import build
from ingestion.converters import CONVERTERS, Converted
from ingestion.document_details import SIDECAR_SUFFIXES, read_sidecar
from ingestion.encodings import decode_text
from ingestion.file_source import FileSource
from ingestion.files import require
from ingestion.language import detect_language
from ingestion.source import Item, PersonalFields, Skipped
from models.errors import InvalidInputError
from models.records import DocumentRecord

# Read whole, so bounded; a scanned report of 300 pages has 40 MiB.
FILE_BYTES = 64 * 1024 * 1024


@dataclass(slots=True)
class Folder:
    """What a folder holds."""

    documents: list[tuple[str, Path]] = field(default_factory=list)
    """(id, path), in the order of the ids."""
    sidecars: dict[Path, Path] = field(default_factory=dict)
    """Sidecar of each document that has one."""
    skipped: list[Skipped] = field(default_factory=list)


class DocumentsSource(FileSource):
    """A folder of documents, or one document."""

    format = "documents"
    personal_fields = PersonalFields(
        taken=(
            "authors, editors, reviewers, speakers and endorsers, as front matter, properties or a sidecar name them",
        ),
        dropped=("every other property of a file: who last saved it, company, manager, comments, revision marks",),
    )

    def __init__(self, path: Path) -> None:
        self.folder = look_through(require(path))
        paths = [file for _, file in self.folder.documents]
        super().__init__(path, sorted({*paths, *self.folder.sidecars.values()}))

    def read(self, start: int = 0) -> Iterator[Item]:
        """Yield one item per file, then one for each thing in the folder that is not read."""
        self.files.rewind()
        for document_id, path in self.folder.documents[start:]:
            yield self.item(document_id, path)
        for skipped in self.folder.skipped[max(0, start - len(self.folder.documents)) :]:
            yield Item(skipped.file, None, skipped=(skipped,))

    def item(self, document_id: str, path: Path) -> Item:
        """Return the document of one file."""
        try:
            fields = self.fields(document_id, path)
        except InvalidInputError as error:
            return Item(document_id, None, skipped=(Skipped(document_id, None, str(error), (document_id,)),))
        built = build(DocumentRecord, fields)
        skipped = tuple(Skipped(document_id, None, fault, (document_id,)) for fault in built.faults)
        return Item(document_id, None, (built.record,) if built.record else (), skipped)

    def fields(self, document_id: str, path: Path) -> dict[str, Any]:
        """Return the fields of a file's record.

        Raises:
            InvalidInputError: the file cannot be used.
        """
        converted = converted_file(document_id, self.content(path))
        details = converted.details
        sidecar = self.folder.sidecars.get(path)
        if sidecar is not None:
            details = read_sidecar(sidecar.name, decode_text(self.content(sidecar))).over(details)
        fields = details.fields()
        if not isinstance(title := fields.get("title"), str) or not title.strip():
            title = Path(document_id).stem.replace("-", " ").replace("_", " ")
        text = without_title(converted.text, title)
        fields.setdefault("language", detect_language(f"{title}\n{text}"))
        return {**fields, "id": document_id, "title": title[:1000], "text": text}

    def content(self, path: Path) -> bytes:
        """Return a file's content.

        Raises:
            InvalidInputError: it is too large, or cannot be read.
        """
        try:
            with self.files.open(path) as opened:
                content = opened.read(FILE_BYTES + 1)
        except (OSError, EOFError) as error:
            message = f"it cannot be read: {error}"
            raise InvalidInputError(message) from error
        if len(content) > FILE_BYTES:
            message = f"it is larger than {FILE_BYTES // 1024 // 1024} MiB"
            raise InvalidInputError(message)
        return content


def converted_file(document_id: str, content: bytes) -> Converted:
    """Return the text of a file.

    Raises:
        InvalidInputError: the file is not what its name says, or is damaged.
    """
    try:
        return CONVERTERS[Path(document_id).suffix.lower()](content)
    except InvalidInputError:
        raise
    except Exception as error:  # the converters of PDF and Word fail in every way on a damaged file
        message = f"it is damaged or not what its name says: {type(error).__name__}: {str(error)[:150]}"
        raise InvalidInputError(message) from error


def without_title(text: str, title: str) -> str:
    """Return the text without a first line that only repeats the title."""
    first, _, rest = text.partition("\n")
    return rest.lstrip("\n") if first.strip() == title.strip() else text


def look_through(path: Path) -> Folder:
    """Return the documents under a path; hidden files and folders are passed over, links out of it never followed."""
    folder = Folder()
    if path.is_file():
        found = [path]
        root = path.parent
    else:
        root = path
        found = list(files_under(root, folder))
    present = set(found)
    unknown: Counter[str] = Counter()
    first_unknown: dict[str, str] = {}
    taken: set[str] = set()
    for file in found:
        document_id = id_of(file, root)
        suffix = Path(document_id).suffix.lower()
        if suffix not in CONVERTERS:
            if not is_sidecar(file, present):
                unknown[suffix] += 1
                first_unknown.setdefault(suffix, document_id)
        elif document_id in taken:
            folder.skipped.append(Skipped(file.name, None, f"duplicate id '{document_id}', packed and unpacked", ()))
        else:
            taken.add(document_id)
            folder.documents.append((document_id, file))
            add_sidecar(folder, file)
    folder.documents.sort()
    for suffix, count in sorted(unknown.items()):
        reason = f"{count} of type '{suffix or 'none'}'; read are {', '.join(CONVERTERS)}"
        folder.skipped.append(Skipped(first_unknown[suffix], None, reason, ()))
    return folder


def files_under(root: Path, folder: Folder) -> Iterator[Path]:
    """Yield the files below a folder in the order of their names, noting links that are not followed."""
    inside = root.resolve()
    for parent, folders, names in os.walk(root, onerror=lambda error: folder.skipped.append(closed(error, root))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if (Path(parent) / name).is_symlink()]
        for name in sorted((*names, *links)):
            path = Path(parent) / name
            if name.startswith((".", "~$")):
                continue
            if path.is_symlink() and (name in links or not path.resolve().is_relative_to(inside)):
                reason = "a link to a folder, or out of this one; links are not followed"
                folder.skipped.append(Skipped(id_of(path, root), None, reason, ()))
            elif path.is_file():
                yield path


def closed(error: OSError, root: Path) -> Skipped:
    """Return the note on a folder that cannot be listed; what it holds must not be taken for gone."""
    return Skipped(id_of(Path(error.filename or root), root), None, f"this folder cannot be read: {error.strerror}")


def id_of(path: Path, root: Path) -> str:
    """Return the id of a file: its path in the folder, without '.gz'; composed accents, the same on every system."""
    relative = path.relative_to(root).as_posix().removesuffix(".gz")
    return unicodedata.normalize("NFC", relative.encode("utf-8", "replace").decode("utf-8"))


def is_sidecar(file: Path, present: set[Path]) -> bool:
    """Return whether a file only describes another one beside it."""
    return file.suffix in SIDECAR_SUFFIXES and (
        file.with_suffix("") in present or file.with_name(f"{file.stem}.gz") in present
    )


def add_sidecar(folder: Folder, file: Path) -> None:
    """Note the sidecar of a document."""
    plain = file.name.removesuffix(".gz")
    for suffix in SIDECAR_SUFFIXES:
        sidecar = file.with_name(f"{plain}{suffix}")
        if sidecar.is_file() and not sidecar.is_symlink():
            folder.sidecars[file] = sidecar
            return
