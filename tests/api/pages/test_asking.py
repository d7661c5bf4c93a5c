"""The first page: every state in both languages, without JavaScript, and nothing hostile gets through."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from api.pages.rendering import highlighted
from api.settings import Settings
from api.wiring import create_service
from recommender.snippets import Snippet
from tests.api.pages.organisation import LEAVES

Browser = Callable[..., TestClient]
FRENCH = {
    "new": "Récemment résolu ici",
    "found": "Qui sait",
    "nothing": "Personne n’a laissé de trace",
    "too_long": "Cette question est trop longue",
}
ENGLISH = {
    "new": "Answered here lately",
    "found": "Who knows",
    "nothing": "Nobody left a trace of this",
    "too_long": "This question is too long",
}
QUESTIONS = {"new": "", "found": "pompe", "nothing": "qqqzzz", "too_long": "x" * 20_001}


@pytest.mark.parametrize("address", ["/", "/results"])
@pytest.mark.parametrize("state", QUESTIONS)
@pytest.mark.parametrize(("language", "said"), [("fr", FRENCH), ("en", ENGLISH)])
def test_each_state_says_what_it_is(
    browser: Browser, address: str, state: str, language: str, said: dict[str, str]
) -> None:
    page = browser(language=language).get(address, params={"q": QUESTIONS[state]})
    assert page.status_code == (422 if state == "too_long" else 200)
    assert said[state] in page.text
    assert page.headers["content-language"] == language


def test_the_form_works_without_javascript(browser: Browser) -> None:
    page = browser().get("/", params={"q": "redémarrer la pompe"}).text
    assert '<form class="ask" action="/" method="get"' in page
    assert 'value="redémarrer la pompe"' in page
    assert "Lucien Bois" in page
    assert "A répondu à une question proche, réponse acceptée, la dernière fois le 15 juin 2026" in page
    assert 'href="/documents/t:a1"' in page


def test_a_card_tells_a_departure_apart_from_the_reasons(browser: Browser) -> None:
    page = browser().get("/", params={"q": "redémarrer la pompe"}).text
    assert page.count(f"Quitte l’organisation le 31 décembre {LEAVES.year}") == 1
    assert "À consulter pendant qu’il est temps" in page


def test_examples_are_questions_answered_here(browser: Browser) -> None:
    page = browser().get("/").text
    assert "/?q=Red%C3%A9marrer%20la%20pompe%20apr%C3%A8s%20une%20panne" in page


def test_nothing_hostile_reaches_the_page_as_markup(browser: Browser) -> None:
    question = 'pompe vanne "><script>alert(0)</script>'
    page = browser("t:simon").get("/", params={"q": question}).text
    assert "Éva &lt;img src=x onerror=alert(1)&gt;" in page
    assert "{{ 7*7 }}" in page
    for harm in ("<img src=x", "<script>alert", "javascript:", "<b>vive"):
        assert harm not in page
    assert page.count("<script") == 1


def test_the_words_of_the_question_are_marked_and_everything_else_is_escaped() -> None:
    snippet = Snippet("<b>pompe</b> & <vanne>", [(3, 8), (16, 21)])
    assert highlighted(snippet) == "&lt;b&gt;<mark>pompe</mark>&lt;/b&gt; &amp; &lt;<mark>vanne</mark>&gt;"


def test_a_source_is_linked_only_over_http(browser: Browser) -> None:
    page = browser().get("/", params={"q": "guide de la pompe"}).text
    assert 'href="https://wiki.example/pompe?a=1&amp;b=2"' in page
    assert "javascript:" not in page


@pytest.mark.parametrize(("person", "seen"), [(None, False), ("t:lucien", False), ("t:simon", True)])
def test_a_protected_document_is_shown_to_members_only(browser: Browser, person: str | None, seen: bool) -> None:
    assert ("Secret de la pompe" in browser(person).get("/", params={"q": "secret"}).text) is seen


def test_what_is_not_indexed_says_how_to_index(tmp_path, browser: Browser) -> None:
    empty = create_service(Settings(home=tmp_path / "empty"))
    client = browser(service=empty)
    assert "Récemment" not in client.get("/").text
    page = client.get("/", params={"q": "pompe"})
    assert page.status_code == 503
    assert "<code>releve index</code>" in page.text


@pytest.mark.parametrize(
    ("filters", "seen"), [({}, True), ({"unit": "Eau"}, True), ({"site": "Ailleurs"}, False), ({"spoken": "en"}, False)]
)
def test_filters_are_in_the_address_and_narrow_the_answer(
    browser: Browser, filters: dict[str, str], seen: bool
) -> None:
    page = browser().get("/", params={"q": "redémarrer la pompe", **filters}).text
    assert ("Lucien Bois" in page) is seen
    assert ('<details class="filters" open>' in page) is bool(filters)
    if filters.get("unit"):
        assert re.search(r'<option value="[^"]+" selected>Eau</option>', page)


def test_a_language_chosen_once_is_kept(browser: Browser) -> None:
    client = browser(language="fr")
    chosen = client.get("/", params={"lang": "en", "q": "pompe"})
    assert '<html lang="en">' in chosen.text
    assert "?q=pompe&amp;lang=fr" in chosen.text
    assert '<html lang="en">' in client.get("/").text
    assert '<html lang="fr">' in client.get("/", params={"lang": "fr"}).text
    assert '<html lang="fr">' in client.get("/", params={"lang": "tlh"}).text


def test_french_is_spoken_to_who_asks_for_neither(browser: Browser) -> None:
    assert '<html lang="fr">' in browser(language="de").get("/").text


def test_no_page_holds_inline_script_or_style(browser: Browser) -> None:
    client = browser("t:simon")
    for address in ("/", "/?q=pompe", "/privacy", "/solicitations", "/nowhere", "/people/t:lucien/ask?q=pompe"):
        page = client.get(address)
        assert " style=" not in page.text
        assert "<style" not in page.text
        assert " on" not in {word[:3] for word in page.text.split("<script")[0].split('"')}
        assert "script-src 'self'" in page.headers["content-security-policy"]
