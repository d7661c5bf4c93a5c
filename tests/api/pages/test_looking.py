"""People, documents, areas and communities as each kind of reader sees them, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from api.wiring import create_service
from models.access import Viewer
from models.preferences import change_preferences
from tests.api.pages.organisation import LEAVES
from tests.api.pages.signed_in import PEOPLE, by_proxy, fill

Browser = Callable[..., TestClient]
PAGES = (
    "/people",
    "/people?text=zzz",
    "/people/t:lucien",
    "/documents/t:q1",
    "/documents/t:p1",
    "/documents/t:a1",
    "/areas",
    "/areas?text=zzz",
    "/areas/area:1",
    "/communities",
    "/communities?status=active",
    "/communities/t:atelier",
    "/communities/t:cercle",
    "/communities/t:futur",
    "/me",
    "/me/availability",
    "/me/requests",
    "/me/data",
    "/me/erasure",
    "/me/endorsement?document=t:p2",
    "/erased",
)
HARMS = ("<img src=x", "<script>alert", "javascript:", "<b>vive", "<b>&</b>")
MEMBERS = {"t:simon", "t:ana"}


@pytest.fixture
def home(home: Path) -> Path:
    fill(home)
    return home


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("person", [None, *PEOPLE.values()], ids=["anonymous local", *PEOPLE])
def test_every_page_opens_for_everyone_and_nothing_hostile_gets_through(
    browser: Browser, home: Path, person: str | None, language: str
) -> None:
    client = by_proxy(browser, home, person, language) if person else browser(language=language)
    for address in PAGES:
        page = client.get(address)
        assert page.status_code == 200, address
        assert f'<html lang="{language}">' in page.text
        assert page.text.count("<h1") == 1, address
        assert page.text.count("<script") == 1
        assert " style=" not in page.text
        for harm in HARMS:
            assert harm not in page.text, (address, harm)


@pytest.mark.parametrize("person", [None, *PEOPLE.values(), "t:simon"])
def test_what_is_protected_is_there_for_members_alone(browser: Browser, home: Path, person: str | None) -> None:
    client = by_proxy(browser, home, person) if person else browser()
    inside = person in MEMBERS
    shown = client.get("/documents/t:s1")
    assert shown.status_code == (200 if inside else 404)
    for address in ("/people/t:lucien", "/areas/area:1", "/communities/t:cercle"):
        assert ("Secret de la pompe" in client.get(address).text) is inside, address
    assert inside or "Secret de la pompe" not in client.get("/documents/t:p2").text
    assert "Secret de la pompe" not in client.get("/me").text  # its author is no member: not even they see it
    page = client.get("/communities/t:cercle").text
    assert ("Simon Kouyaté" in page) is inside
    assert "Ana Roy" in page


@pytest.mark.parametrize(
    ("there", "nowhere"),
    [("/documents/t:s1", "/documents/t:zzz"), ("/people/t:hidden", "/people/t:zzz"), ("/areas/area:9", "/areas/zzz")],
)
def test_what_may_not_be_read_is_as_absent_as_what_does_not_exist(
    browser: Browser, home: Path, there: str, nowhere: str
) -> None:
    client = by_proxy(browser, home, "t:eva")
    kept, absent = client.get(there), client.get(nowhere)
    assert kept.status_code == absent.status_code == 404
    for page, address in ((kept, there), (absent, nowhere)):
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert address.rpartition("/")[2] in page.text
    assert kept.text.count("\n") == absent.text.count("\n")


def test_an_unknown_reader_of_a_proxy_sees_no_page(browser: Browser, home: Path) -> None:
    client = by_proxy(browser, home, "")
    for address in PAGES:
        if address != "/erased":
            assert client.get(address).status_code in (303, 401), address


def test_a_person_is_shown_with_what_they_know_and_from_what(browser: Browser, home: Path) -> None:
    page = browser("t:simon").get("/people/t:lucien").text
    assert "Accepte les questions" in page
    assert f"Quitte l’organisation le 31 décembre {LEAVES.year}" in page
    assert 'href="/people/t:lucien/ask"' in page
    assert 'href="/areas/area:1"' in page
    assert "3 documents" in page
    assert 'href="/documents/t:a1"' in page


def test_a_pause_is_told_to_nobody_else(browser: Browser, home: Path) -> None:
    with create_service(Settings(home=home)) as service, service.store.write() as session:
        change_preferences(session, Viewer("t:lucien"), "t:lucien", {"paused_until": date(2199, 1, 1)})
    page = browser("t:simon").get("/people/t:lucien").text
    assert "Pas de suggestion aujourd’hui" in page
    assert "pause" not in page.lower()
    assert "/people/t:lucien/ask" not in page
    assert "en pause jusqu’au" in browser("t:lucien").get("/me/availability").text


def test_reading_about_someone_is_written_down_for_them(browser: Browser, home: Path) -> None:
    by_proxy(browser, home, "t:max").get("/people/t:lucien")
    owner = by_proxy(browser, home, "t:lucien")
    owner.get("/people/t:lucien")
    page = owner.get("/me/data").text
    assert "<strong>Max Manager</strong>\u00a0: a lu votre page" in page
    assert page.count("a lu votre page") == 1


def test_ones_own_page_can_be_seen_as_others_see_it_and_nobody_elses(browser: Browser, home: Path) -> None:
    simon = browser("t:simon")
    assert "Cercle" in simon.get("/people/t:simon").text
    assert "/communities/t:cercle" not in simon.get("/people/t:simon?as=others").text
    assert "telle que la voit" not in simon.get("/people/t:lucien?as=others").text


def test_a_question_shows_its_answers_the_accepted_one_first(browser: Browser, home: Path) -> None:
    page = browser().get("/documents/t:q1").text
    assert page.index("Réponse acceptée") < page.index("Purger la ligne d’aspiration")
    assert 'href="/people/t:lucien"' in page
    assert 'rel="noopener noreferrer"' in browser().get("/documents/t:p2").text


def test_the_directory_is_narrowed_and_leafed_through(browser: Browser, home: Path) -> None:
    client = browser()
    assert "Lucien Bois" in client.get("/people", params={"text": "lucién"}).text
    page = client.get("/people", params={"unit": "Eau"}).text
    assert "Lucien Bois" in page
    assert "Simon Kouyaté" not in page
    assert client.get("/people", params={"cursor": "zzz"}).status_code == 422


def test_an_area_lists_its_holders_and_its_words(browser: Browser, home: Path) -> None:
    page = browser(language="en").get("/areas/area:1").text
    assert "Pompes &lt;b&gt;&amp;&lt;/b&gt; vannes (en)" in page
    assert page.index("Lucien Bois") < page.index("Éva")
    assert "bleed" in page
    assert "Shape this area" in page  # whoever is at the machine administers


@pytest.mark.parametrize(("person", "may"), [("t:eva", False), ("t:max", False), ("t:ana", True), ("t:ada", True)])
def test_only_facilitators_and_administrators_shape_areas(browser: Browser, home: Path, person: str, may: bool) -> None:
    assert ("Façonner ce domaine" in by_proxy(browser, home, person).get("/areas/area:1").text) is may
