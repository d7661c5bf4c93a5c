"""What people decide on their own pages: every form works without JavaScript, says what it did, and is theirs alone."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.api.pages.signed_in import by_proxy, fill, follow, send

Browser = Callable[..., TestClient]
CHOICES = "/me/availability"
FORMS = (
    ("/me/documents", {"document": "t:a1", "hidden": "true"}),
    ("/me/areas", {"area": "area:1", "stance": "hidden"}),
    (f"{CHOICES}/capacity", {"capacity": "3"}),
    (f"{CHOICES}/pause", {"until": "2199-01-01"}),
    (f"{CHOICES}/resume", {}),
    (f"{CHOICES}/visibility", {"visible": "false"}),
    (f"{CHOICES}/departure", {"earliest": "2199-01-01"}),
    (f"{CHOICES}/departure/revoke", {}),
    ("/me/requests", {"number": "1", "endorsed": "true"}),
    ("/me/endorsement", {"document": "t:p2", "asked": "t:eva"}),
    ("/me/erasure", {"name": "Lucien Bois"}),
    ("/communities/t:atelier", {"step": "join"}),
    ("/communities/t:cercle/requests", {"person": "t:eva", "accepted": "true"}),
    ("/areas/area:1/name", {"french": "A", "english": "B"}),
    ("/areas/area:1/merge", {"other": "area:2"}),
    ("/areas/area:1/pin", {"pinned": "true"}),
    ("/areas/area:1/hide", {}),
)


@pytest.fixture
def home(home: Path) -> Path:
    fill(home)
    return home


@pytest.mark.parametrize(("address", "fields"), FORMS, ids=[address for address, _ in FORMS])
def test_a_form_without_the_token_of_its_session_changes_nothing(
    browser: Browser, home: Path, address: str, fields: dict[str, str]
) -> None:
    client = by_proxy(browser, home, "t:lucien")
    client.get("/me")
    for token in ({}, {"csrf": "x"}):
        assert client.post(address, data={**token, **fields}).status_code == 403


@pytest.mark.parametrize(("address", "fields"), [f for f in FORMS if not f[0].startswith("/areas")])
def test_who_is_nobody_decides_nothing(browser: Browser, home: Path, address: str, fields: dict[str, str]) -> None:
    client = browser()
    assert "Dire qui je suis" in client.get("/me").text
    token = client.get("/areas/area:1").text.split('name="csrf" value="')[1].split('"')[0]
    # At this machine everyone administers; but nobody of that name asks to join.
    refused = 404 if address.endswith("/requests") and address != "/me/requests" else 403
    assert client.post(address, data={"csrf": token, **fields}).status_code == refused


def test_hiding_a_document_takes_it_from_others_and_can_be_undone(browser: Browser, home: Path) -> None:
    lucien = browser("t:lucien")
    sent = send(lucien, "/me", "/me/documents", document="t:a1", hidden="true")
    assert sent.headers["location"] == "/me#said"
    page = lucien.get("/me").text
    assert page.count("Masqué\u00a0: ce document ne dit plus rien de vous.") == 2  # in the title and in its section
    assert 'role="status"' in page
    assert "Masqué\u00a0: ce document" not in lucien.get("/me").text
    assert "masqué\u00a0: vous seulement" in page
    assert "t:a1" not in browser("t:eva").get("/people/t:lucien").text
    shown = follow(lucien, send(lucien, "/me", "/me/documents", document="t:a1", hidden="false"))
    assert "De nouveau visible" in shown
    assert "t:a1" in browser("t:eva").get("/people/t:lucien").text


def test_a_document_is_hidden_from_its_own_page_too(browser: Browser, home: Path) -> None:
    lucien = browser("t:lucien")
    sent = send(lucien, "/documents/t:a1", "/me/documents", document="t:a1", hidden="true", origin="page")
    assert sent.headers["location"] == "/documents/t:a1#said"
    assert "Montrer de nouveau" in lucien.get("/documents/t:a1").text
    assert "people-behind" not in browser("t:eva").get("/documents/t:a1").text
    assert "Masquer aux autres" not in browser("t:eva").get("/documents/t:a1").text


@pytest.mark.parametrize(
    ("stance", "said", "others"),
    [
        ("hidden", "personne d’autre ne vous voit", False),
        ("knows", "vous connaissez ce domaine", True),
        ("wants_to_learn", "vous voulez apprendre", True),
    ],
)
def test_someone_says_what_they_are_to_an_area(
    browser: Browser, home: Path, stance: str, said: str, others: bool
) -> None:
    lucien, eva = browser("t:lucien"), browser("t:eva")
    page = follow(lucien, send(lucien, "/me", "/me/areas", area="area:1", stance=stance))
    assert said in page
    assert 'aria-pressed="true"' in page
    assert ("/areas/area:1" in eva.get("/people/t:lucien").text) is others
    assert ("/people/t:lucien" in eva.get("/areas/area:1").text) is others
    assert 'aria-pressed="true"' not in follow(lucien, send(lucien, "/me", "/me/areas", area="area:1", stance=""))


@pytest.mark.parametrize(("written", "kept"), [("3", "3"), ("0", "0"), ("", ""), (" 12 ", "12")])
def test_a_weekly_limit_is_kept(browser: Browser, home: Path, written: str, kept: str) -> None:
    lucien = browser("t:lucien")
    page = follow(lucien, send(lucien, CHOICES, f"{CHOICES}/capacity", capacity=written))
    assert f'name="capacity" type="text" value="{kept}"' in page
    assert "C’est enregistré" in page


@pytest.mark.parametrize(
    ("form", "field", "fields", "said"),
    [
        ("capacity", "capacity", {"capacity": "-1"}, "nombre entier de 0 à 1"),
        ("capacity", "capacity", {"capacity": '"><script>'}, "nombre entier"),
        ("capacity", "capacity", {"capacity": "1001"}, "nombre entier"),
        ("pause", "until", {"until": ""}, "dernier jour de votre pause"),
        ("pause", "until", {"until": "2000-01-01"}, "Ce jour est passé"),
        ("departure", "earliest", {"earliest": "demain"}, "Donnez le jour"),
        ("departure", "latest", {"earliest": "2199-02-01", "latest": "2199-01-01"}, "avant le premier"),
        ("departure", "earliest", {"earliest": "2999-02-01"}, "sans doute une erreur"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_with_what_was_written(
    browser: Browser, home: Path, form: str, field: str, fields: dict[str, str], said: str
) -> None:
    lucien = browser("t:lucien")
    sent = send(lucien, CHOICES, f"{CHOICES}/{form}", **fields)
    assert sent.status_code == 422
    assert f'aria-describedby="{field}-error"' in sent.text or f'{field}-hint {field}-error"' in sent.text
    assert said in sent.text
    assert "<title>Une correction à faire" in sent.text
    for value in fields.values():
        assert f'value="{html.escape(value)}"' in sent.text.replace("&#34;", "&quot;")
    assert "<script>" not in sent.text.split("</head>")[1]


def test_a_departure_is_declared_shown_as_asked_and_taken_back(browser: Browser, home: Path) -> None:
    eva, simon = browser("t:eva"), browser("t:simon")
    page = follow(eva, send(eva, CHOICES, f"{CHOICES}/departure", earliest="2199-03-01", latest="2199-06-30"))
    assert "1er mars 2199" in page
    assert "connu de vous seulement" in page
    assert "2199" not in simon.get("/people/t:eva").text
    follow(eva, send(eva, CHOICES, f"{CHOICES}/departure", earliest="2199-03-01", announced="true"))
    assert "Quitte l’organisation le 1er mars 2199" in simon.get("/people/t:eva").text
    page = follow(eva, send(eva, CHOICES, f"{CHOICES}/departure/revoke"))
    assert "vous n’avez déclaré aucun départ" in page
    assert "2199" not in simon.get("/people/t:eva").text


def test_opting_out_leaves_the_directory_until_one_comes_back(browser: Browser, home: Path) -> None:
    eva, simon = browser("t:eva"), browser("t:simon")
    follow(eva, send(eva, CHOICES, f"{CHOICES}/visibility", visible="false"))
    assert simon.get("/people/t:eva").status_code == 404
    assert eva.get("/people/t:eva?as=others").status_code == 404
    assert "Proposer mon nom de nouveau" in eva.get(CHOICES).text
    follow(eva, send(eva, CHOICES, f"{CHOICES}/visibility", visible="true"))
    assert simon.get("/people/t:eva").status_code == 200


def test_a_pause_begins_and_ends(browser: Browser, home: Path) -> None:
    eva = browser("t:eva")
    page = follow(eva, send(eva, CHOICES, f"{CHOICES}/pause", until="2199-01-02"))
    assert "en pause jusqu’au" in page
    assert "2 janvier 2199" in page
    assert "votre nom peut être proposé" in follow(eva, send(eva, CHOICES, f"{CHOICES}/resume"))


def test_a_colleague_is_found_by_name_asked_and_stands_by_a_document(browser: Browser, home: Path) -> None:
    lucien, simon = browser("t:lucien"), browser("t:simon")
    page = lucien.get("/me/endorsement", params={"document": "t:p2", "name": "simón"}).text
    assert 'name="asked" value="t:simon"' in page
    assert "Personne de ce nom" in lucien.get("/me/endorsement?document=t:p2&name=zzz").text
    follow(lucien, send(lucien, "/me", "/me/endorsement", document="t:p2", asked="t:simon", name="simon"))
    page = simon.get("/me/requests").text
    assert "Guide de la pompe" in page
    number = page.split('name="number" value="')[1].split('"')[0]
    assert browser("t:eva").get("/me/requests").text.count('name="number"') == 0
    assert send(browser("t:eva"), "/me", "/me/requests", number=number, endorsed="true").status_code == 404
    assert "Vous appuyez ce document" in follow(
        simon, send(simon, "/me/requests", "/me/requests", number=number, endorsed="true")
    )
    assert "Simon Kouyaté" in lucien.get("/documents/t:p2").text


def test_nobody_endorses_what_they_may_not_read_or_wrote_themselves(browser: Browser, home: Path) -> None:
    lucien = browser("t:lucien")
    sent = send(lucien, "/me", "/me/endorsement", document="t:p2", asked="t:lucien", name="lucien")
    assert sent.status_code == 422
    assert "ne peut pas l’appuyer" in sent.text
    assert 'value="lucien"' in sent.text
    assert send(lucien, "/me", "/me/endorsement", document="t:s1", asked="t:eva").status_code == 404


def test_everything_about_oneself_is_a_file(browser: Browser, home: Path) -> None:
    lucien = browser("t:lucien")
    got = lucien.get("/me/export")
    assert got.headers["content-disposition"].startswith('attachment; filename="releve-')
    assert got.json()["person"]["name"] == "Lucien Bois"
    assert "a exporté tout ce qui est conservé" in lucien.get("/me/data").text
    assert browser().get("/me/export").status_code == 403


def test_erasure_asks_for_the_name_says_what_stays_and_is_final(browser: Browser, home: Path) -> None:
    lucien = by_proxy(browser, home, "t:lucien")
    page = lucien.get("/me/erasure").text
    assert "Ce qui reste" in page
    wrong = send(lucien, "/me/erasure", "/me/erasure", name="Lucien")
    assert wrong.status_code == 422
    assert 'value="Lucien"' in wrong.text
    assert "rien n’a été effacé" in wrong.text
    done = send(lucien, "/me/erasure", "/me/erasure", name=" lucien  BOIS ")
    assert done.headers["location"] == "/erased"
    assert "L’effacement est fait" in lucien.get("/erased").text
    simon = by_proxy(browser, home, "t:simon")
    assert simon.get("/people/t:lucien").status_code == 404
    assert "Lucien" not in simon.get("/documents/t:a1").text
    assert "Purger la ligne" in simon.get("/documents/t:a1").text
