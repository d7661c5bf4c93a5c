"""Putting a question to someone, saying what came of it, and feedback, through the forms of the pages."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from tests.api.pages.conftest import token_in

Browser = Callable[..., TestClient]
ASK = "/people/t:lucien/ask"


def test_the_message_is_prepared_with_the_question_and_the_evidence(browser: Browser) -> None:
    page = html.unescape(browser("t:simon").get(ASK, params={"q": "redémarrer la pompe"}).text)
    assert "Bonjour Lucien Bois,\n\nredémarrer la pompe\n" in page
    assert "http://localhost/documents/t:a1" in page
    assert "Sollicitations par Relève ces sept derniers jours\u00a0: 0\u202f; sans limite par semaine." in page


def ask(client: TestClient, message: str = "Bonjour") -> str:
    form = client.get(ASK, params={"q": "pompe"}).text
    done = client.post(ASK, data={"csrf": token_in(form), "question": "pompe", "message": message})
    assert done.status_code == 303, done.text
    return str(done.headers["location"])


def test_asking_is_recorded_and_offers_a_letter(browser: Browser) -> None:
    client = browser("t:simon")
    address = ask(client, "Bonjour & merci\r\nà bientôt ?")
    assert re.fullmatch(r"/solicitations/\d+", address)
    page = client.get(address).text
    assert "Votre demande est notée" in page
    assert (
        "mailto:lucien@valserein.example?subject=pompe&amp;body=Bonjour%20%26%20merci%0D%0A%C3%A0%20bient%C3%B4t%20%3F"
        in page
    )
    assert "En attente" in client.get("/solicitations").text
    assert "jours\u00a0: 1\u202f;" in client.get(ASK, params={"q": "pompe"}).text


def test_whoever_is_asked_sees_it_and_says_what_came_of_it(browser: Browser) -> None:
    address = ask(browser("t:simon"))
    lucien = browser("t:lucien")
    page = lucien.get("/solicitations", params={"received": "true"}).text
    assert "Simon Kouyaté" in page
    assert "mailto:" not in lucien.get(address).text
    settled = lucien.post(address, data={"csrf": token_in(page), "outcome": "declined"})
    assert settled.headers["location"] == "/solicitations?received=true"
    assert "Déclinée" in lucien.get("/solicitations?received=true").text


def test_nobody_else_sees_a_request(browser: Browser) -> None:
    address = ask(browser("t:simon"))
    assert browser("t:eva").get(address).status_code == 404
    assert browser().get(address).status_code == 403


@pytest.mark.parametrize("person", [None, "t:simon"])
def test_the_address_of_someone_is_not_shown_before_they_are_asked(browser: Browser, person: str | None) -> None:
    client = browser(person)
    for address in (ASK, "/?q=pompe", "/solicitations"):
        assert "valserein.example" not in client.get(address).text


def test_who_is_nobody_can_copy_the_message_but_not_record_it(browser: Browser) -> None:
    page = browser().get(ASK, params={"q": "pompe"}).text
    assert "Relève ne sait pas qui vous êtes" in page
    assert 'method="post"' not in page


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("useful", "C’est noté\u00a0: utile"),
        ("wrong_person", "pas la bonne personne"),
        ("left", "Une personne vérifie avant tout changement"),
    ],
)
def test_feedback_is_thanked_for(browser: Browser, verdict: str, said: str) -> None:
    client = browser("t:simon")
    form = client.get("/", params={"q": "pompe"}).text
    sent = {"csrf": token_in(form), "person": "t:lucien", "q": "pompe", "verdict": verdict}
    thanks = client.post("/feedback", data=sent)
    assert thanks.status_code == 200
    assert said in thanks.text


@pytest.mark.parametrize(("person", "verdict", "status"), [("t:nobody", "useful", 404), ("t:lucien", "rude", 422)])
def test_feedback_that_cannot_be_is_refused(browser: Browser, person: str, verdict: str, status: int) -> None:
    client = browser("t:simon")
    form = client.get("/", params={"q": "pompe"}).text
    sent = {"csrf": token_in(form), "person": person, "q": "pompe", "verdict": verdict}
    assert client.post("/feedback", data=sent).status_code == status
