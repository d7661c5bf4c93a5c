"""Documents of each file type as plain text, with what the file says about itself."""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingestion.document_details import Details, split_front_matter
from ingestion.encodings import decode_text
from ingestion.text import html_to_text, markdown_to_text
from models.errors import InvalidInputError

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from selectolax.lexbor import LexborNode

# What a Word file may hold once unpacked; real ones of a hundred pages hold 5 MiB.
UNPACKED_BYTES = 200 * 1024 * 1024
HEADING = re.compile(r"^ {0,3}#{1,2}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
BODY = re.compile(r"<body\b", re.IGNORECASE)
# How much of a page without a body element is searched for its title.
HEAD_CHARACTERS = 20_000
CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{1,40})", re.IGNORECASE)
# Names under which pages give the same details.
META_NAMES: Mapping[str, str] = {
    "author": "authors", "dc.creator": "authors", "article:author": "authors", "date": "date", "dc.date": "date",
    "dcterms.created": "date", "article:published_time": "date", "keywords": "tags",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Converted:
    """A document's text and what it says about itself."""

    text: str
    details: Details


def convert_markdown(content: bytes) -> Converted:
    """Read Markdown with front matter; the first heading is the title when none is given."""
    details, body = split_front_matter(decode_text(content))
    heading = HEADING.search(body)
    title = Details({"title": html_to_text(heading[1])} if heading else {})
    return Converted(markdown_to_text(body), details.over(title))


def convert_text(content: bytes) -> Converted:
    """Read plain text."""
    text = decode_text(content).replace("\r\n", "\n").replace("\r", "\n")
    controls = sum(character < " " and character not in "\n\t\f" for character in text[:10_000])
    if controls > len(text[:10_000]) / 20:
        message = "this is not text, whatever its name says"
        raise InvalidInputError(message)
    return Converted(text.strip(), Details({}))


def convert_html(content: bytes) -> Converted:
    """Read a page, its title and its meta elements."""
    declared = CHARSET.search(content[:4096])
    try:
        html = content.decode(declared[1].decode("ascii")) if declared else decode_text(content)
    except (LookupError, UnicodeDecodeError):
        html = decode_text(content)
    return Converted(html_to_text(html), head_details(html))


def head_details(html: str) -> Details:
    """Return what a page's head says; the body, whose nesting has no limit, is not parsed here."""
    from selectolax.lexbor import LexborHTMLParser

    body = BODY.search(html)
    head = LexborHTMLParser(html[: body.start() if body else HEAD_CHARACTERS])
    values: dict[str, object] = {name: value for name, value in map(meta_detail, head.css("meta")) if name}
    if (title := head.css_first("title")) is not None:
        values["title"] = title.text(strip=True)
    if (root := head.css_first("html")) is not None:
        values["lang"] = root.attributes.get("lang")
    return Details(filled(values))


def meta_detail(meta: LexborNode) -> tuple[str, object]:
    """Return name and value of the detail a meta element gives; an empty name for none."""
    name = META_NAMES.get((meta.attributes.get("name") or meta.attributes.get("property") or "").lower(), "")
    given = (meta.attributes.get("content") or "").strip()
    return (name, [given] if name == "authors" else given) if given else ("", None)


def convert_pdf(content: bytes) -> Converted:
    """Read the text layer and the properties of a PDF."""
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        message = "the PDF is encrypted"
        raise InvalidInputError(message)
    text = "\n\n".join(page.extract_text() for page in reader.pages).strip()
    if not text:
        message = "the PDF has no text layer; recognise its characters (OCR) first"
        raise InvalidInputError(message)
    properties = reader.metadata
    if properties is None:
        return Converted(text, Details({}))
    given = {"title": properties.title, "authors": split_authors(properties.author)}
    return Converted(text, Details({**filled(given), **filled({"date": pdf_date(properties.get("/CreationDate"))})}))


def pdf_date(value: object) -> str | None:
    """Return the day of a PDF date such as D:20240621093000-04'00', or None."""
    match = re.match(r"D?:?(\d{4})(\d{2})(\d{2})", str(value or ""))
    return f"{match[1]}-{match[2]}-{match[3]}" if match else None


def convert_docx(content: bytes) -> Converted:
    """Read the paragraphs, tables and properties of a Word document."""
    import docx

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > UNPACKED_BYTES:
        message = f"it unpacks to {unpacked // 1024 // 1024} MiB, more than {UNPACKED_BYTES // 1024 // 1024}"
        raise InvalidInputError(message)
    document = docx.Document(io.BytesIO(content))
    properties = document.core_properties
    given = {
        "title": properties.title,
        "authors": split_authors(properties.author),
        "date": properties.created,
        "tags": properties.keywords,
    }
    return Converted("\n".join(docx_lines(document)).strip(), Details(filled(given)))


def docx_lines(document: WordDocument) -> Iterator[str]:
    """Yield the lines of a Word document, tables where they stand."""
    from docx.table import Table

    for block in document.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                yield " ".join(dict.fromkeys(cell.text.strip() for cell in row.cells))
        else:
            yield block.text


def split_authors(value: str | None) -> list[str]:
    """Return the authors a document property names; office software separates them by semicolons."""
    return [author.strip() for author in (value or "").split(";") if author.strip()]


def filled(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values that are given."""
    return {name: value for name, value in values.items() if value not in (None, "", [])}


CONVERTERS: Mapping[str, Callable[[bytes], Converted]] = {
    ".md": convert_markdown,
    ".markdown": convert_markdown,
    ".html": convert_html,
    ".htm": convert_html,
    ".txt": convert_text,
    ".pdf": convert_pdf,
    ".docx": convert_docx,
}
