"""Catalogues: takes the words out of the code and the templates, and compiles their translations (`make words`)."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from api.languages import Language
from api.wording import DOMAIN, LOCALE

ROOT = Path(__file__).parents[1]
MAPPING = ROOT / "babel.cfg"
# The source strings are English, so that its catalogue fills itself.
SOURCE = Language.ENGLISH
WIDTH = 120


def path_of(language: Language) -> Path:
    """Return the catalogue of a language."""
    return LOCALE / language.value / "LC_MESSAGES" / f"{DOMAIN}.po"


def extract() -> Catalog:
    """Return every source string, in the order of the files."""
    with MAPPING.open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = Catalog(project="Relève", charset="utf-8")
    for name, _, message, comments, context in sorted(
        extract_from_dir(
            ROOT,
            methods,
            options,
            comment_tags=("For translators:",),
            strip_comment_tags=True,
            directory_filter=is_searched,
        ),
        key=lambda item: (item[0], item[1]),
    ):
        found.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return found


def is_searched(folder: str) -> bool:
    """Return whether a folder is part of the package that speaks."""
    path = Path(folder)
    return path.relative_to(ROOT).parts[0] == "api" and not path.name.startswith(("_", "."))


def read(language: Language) -> Catalog:
    """Return the catalogue of a language as it is kept."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language.value)


def compiled(catalogue: Catalog) -> bytes:
    """Return a catalogue as gettext reads it."""
    written = BytesIO()
    write_mo(written, catalogue)
    return written.getvalue()


def updated(language: Language, template: Catalog) -> Catalog:
    """Return the catalogue of a language with the strings of today: new ones empty, those no longer said dropped."""
    catalogue = read(language)
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    if language is SOURCE:
        for message in catalogue:
            if message.id:
                message.string = message.id
    return catalogue


def main() -> None:
    """Bring every catalogue up to date with the code, and compile it."""
    template = extract()
    for language in Language:
        catalogue = updated(language, template)
        with path_of(language).open("wb") as file:
            write_po(file, catalogue, width=WIDTH, include_lineno=False, sort_by_file=True)
        path_of(language).with_suffix(".mo").write_bytes(compiled(read(language)))


if __name__ == "__main__":
    main()
