"""The catalogues: complete in both languages, compiled, and the only place where French is typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from gettext import GNUTranslations

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo

from api import catalogues
from api.languages import Language

LANGUAGES = pytest.mark.parametrize("language", Language)
PLACEHOLDER = re.compile(r"%\((\w+)\)([a-z])")
# Letters and words that English source strings never hold.
FRENCH_SIGNS = re.compile(r"[àâçéèêëîïôùûœÀÂÇÉÈÊÎÔÙÛŒ«»]|\b(le|la|les|une|des|est|vous|votre)\b", re.IGNORECASE)
# Punctuation without its no-break space, or with a straight apostrophe.
UNFRENCH = re.compile(r"[ \w][;!?](\s|$)|[^\u00a0][:»](\s|$)|«[^\u00a0]| %(?!\()|'")
TEMPLATES = catalogues.ROOT / "api" / "pages" / "templates"
# Names that are the same in every language.
NAMES = ("Relève", "Français")


@pytest.fixture(scope="module")
def template() -> Catalog:
    return catalogues.extract()


def said(catalogue: Catalog) -> dict[tuple[object, object], Message]:
    """Return the messages by what they say; a compiled catalogue gives plurals as lists and contexts as bytes."""
    found = {}
    for message in catalogue:
        said_as = message.id if isinstance(message.id, str) else tuple(message.id)
        context = message.context.decode() if isinstance(message.context, bytes) else message.context
        if said_as:
            found[said_as, context] = message
    return found


def strings(message: Message) -> Iterator[tuple[str, str]]:
    """Yield each source string with its translation."""
    if isinstance(message.id, str):
        yield message.id, message.string
        return
    singular, *plurals = message.string
    yield message.id[0], singular
    for plural in plurals:
        yield message.id[1], plural


@LANGUAGES
def test_a_catalogue_holds_exactly_what_is_said(language: Language, template: Catalog) -> None:
    catalogue = catalogues.read(language)
    assert set(said(catalogue)) == set(said(template))
    assert not catalogue.obsolete


@LANGUAGES
def test_nothing_is_left_empty_or_fuzzy(language: Language) -> None:
    for message in said(catalogues.read(language)).values():
        assert not message.fuzzy, message.id
        assert all(translation for _, translation in strings(message)), message.id


@LANGUAGES
def test_a_translation_keeps_the_placeholders(language: Language) -> None:
    for message in said(catalogues.read(language)).values():
        for source, translation in strings(message):
            kept, given = set(PLACEHOLDER.findall(translation)), set(PLACEHOLDER.findall(source))
            # A singular may say "one" where the other form counts.
            every = set(PLACEHOLDER.findall("".join(message.id)))
            assert kept == given or (not isinstance(message.id, str) and kept <= every), source
        if not isinstance(message.id, str):
            assert set(PLACEHOLDER.findall(message.string[-1])) == set(PLACEHOLDER.findall(message.id[1]))


@LANGUAGES
def test_the_compiled_catalogue_is_that_of_the_text(language: Language) -> None:
    path = catalogues.path_of(language).with_suffix(".mo")
    with path.open("rb") as file:
        compiled = read_mo(file)
    wanted = said(catalogues.read(language))
    assert {key: list(strings(message)) for key, message in said(compiled).items()} == {
        key: list(strings(message)) for key, message in wanted.items()
    }
    with path.open("rb") as file:
        assert GNUTranslations(file).info()["language"] == language.value


def test_the_english_catalogue_repeats_the_source() -> None:
    for message in said(catalogues.read(Language.ENGLISH)).values():
        assert message.string == message.id


def test_french_has_its_spaces() -> None:
    for message in said(catalogues.read(Language.FRENCH)).values():
        for _, translation in strings(message):
            assert not UNFRENCH.search(translation), translation


def test_source_strings_are_english(template: Catalog) -> None:
    for message in said(template).values():
        for source in [message.id] if isinstance(message.id, str) else message.id:
            for name in NAMES:
                source = source.replace(name, "")
            assert not FRENCH_SIGNS.search(source), source


def test_templates_hold_no_french() -> None:
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for name in NAMES:
            text = text.replace(name, "")
        assert not FRENCH_SIGNS.search(re.sub(r"<[^>]*>|{[%{].*?[%}]}", " ", text, flags=re.DOTALL)), path
