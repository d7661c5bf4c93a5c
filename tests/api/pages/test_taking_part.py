"""Communities and areas through their forms: joining, asking, answering, leaving; renaming, merging, hiding."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.api.pages.signed_in import by_proxy, fill, follow, send

Browser = Callable[..., TestClient]
OPEN, PROTECTED, FUTURE = "/communities/t:atelier", "/communities/t:cercle", "/communities/t:futur"
AREA = "/areas/area:1"
SHAPING = (
    (f"{AREA}/name", {"french": "Pompes", "english": "Pumps"}),
    (f"{AREA}/merge", {"other": "area:2"}),
    (f"{AREA}/pin", {"pinned": "true"}),
    (f"{AREA}/hide", {}),
)


@pytest.fixture
def home(home: Path) -> Path:
    fill(home)
    return home


def test_the_directory_tells_those_at_work_from_those_in_preparation(browser: Browser, home: Path) -> None:
    page = browser(language="en").get("/communities").text
    assert page.index("Active") < page.index("Atelier ouvert") < page.index("In preparation") < page.index("Futur")


def test_an_open_community_is_joined_and_left(browser: Browser, home: Path) -> None:
    eva = browser("t:eva")
    page = follow(eva, send(eva, OPEN, OPEN, step="join"))
    assert "Vous êtes membre de cette communauté." in page
    assert "Cercle élargi" in page
    page = follow(eva, send(eva, OPEN, OPEN, step="leave"))
    assert "Tout le monde peut entrer" in page


def test_one_asks_to_join_a_protected_community_and_is_let_in(browser: Browser, home: Path) -> None:
    eva, ana = browser("t:eva"), browser("t:ana")
    page = follow(eva, send(eva, PROTECTED, PROTECTED, step="join"))
    assert "Vous avez demandé à entrer" in page
    assert "Secret" not in page
    assert "1 demande attend" in ana.get("/me/requests").text
    page = follow(ana, send(ana, PROTECTED, f"{PROTECTED}/requests", person="t:eva", accepted="true"))
    assert "C’est accepté" in page
    assert "Secret de la pompe" in eva.get(PROTECTED).text


def test_a_request_is_declined_or_taken_back(browser: Browser, home: Path) -> None:
    eva, ana = browser("t:eva"), browser("t:ana")
    send(eva, PROTECTED, PROTECTED, step="join")
    follow(ana, send(ana, PROTECTED, f"{PROTECTED}/requests", person="t:eva", accepted="false"))
    assert "Demander à entrer" in eva.get(PROTECTED).text
    send(eva, PROTECTED, PROTECTED, step="join")
    assert "Demander à entrer" in follow(eva, send(eva, PROTECTED, PROTECTED, step="leave"))


@pytest.mark.parametrize(
    ("person", "answers"), [("t:max", False), ("t:simon", False), ("t:ana", True), ("t:ada", True)]
)
def test_only_facilitators_and_administrators_see_and_answer_requests(
    browser: Browser, home: Path, person: str, answers: bool
) -> None:
    eva = by_proxy(browser, home, "t:eva")
    send(eva, PROTECTED, PROTECTED, step="join")
    client = by_proxy(browser, home, person)
    page = client.get(PROTECTED).text
    assert ("&lt;img src=x" in page) is answers
    sent = send(client, CHOICE_PAGE, f"{PROTECTED}/requests", person="t:eva", accepted="true")
    assert sent.status_code == (303 if answers else 403)


CHOICE_PAGE = "/me/availability"


def test_interest_is_for_communities_in_preparation(browser: Browser, home: Path) -> None:
    eva = browser("t:eva")
    assert "Vous êtes sur la liste" in follow(eva, send(eva, FUTURE, FUTURE, step="interest"))
    assert "Ça m’intéresse" in follow(eva, send(eva, FUTURE, FUTURE, step="no_interest"))
    assert send(eva, FUTURE, FUTURE, step="join").status_code == 422
    assert send(eva, FUTURE, FUTURE, step="conquer").status_code == 422
    assert send(eva, FUTURE, "/communities/t:nowhere", step="join").status_code == 404


@pytest.mark.parametrize(("address", "fields"), SHAPING, ids=[address for address, _ in SHAPING])
@pytest.mark.parametrize(("person", "may"), [("t:eva", False), ("t:max", False), ("t:ana", True), ("t:ada", True)])
def test_areas_are_shaped_by_facilitators_and_administrators_alone(
    browser: Browser, home: Path, address: str, fields: dict[str, str], person: str, may: bool
) -> None:
    client = by_proxy(browser, home, person)
    assert send(client, CHOICE_PAGE, address, **fields).status_code == (303 if may else 403)


def test_an_area_is_renamed_merged_pinned_and_hidden(browser: Browser, home: Path) -> None:
    ada = by_proxy(browser, home, "t:ada")
    page = follow(ada, send(ada, AREA, f"{AREA}/name", french="Pompes", english="Pumps"))
    assert "<h1>Pompes</h1>" in page
    assert "nommé par Relève" not in page
    wrong = send(ada, AREA, f"{AREA}/name", french="", english="<b>")
    assert wrong.status_code == 422
    assert "Donnez les deux noms" in wrong.text
    assert "&lt;b&gt;" in wrong.text
    follow(ada, send(ada, AREA, f"{AREA}/merge", other="area:2"))
    assert ada.get("/areas/area:2").headers["location"] == AREA
    assert "Laisser à la prochaine recherche" in follow(ada, send(ada, AREA, f"{AREA}/pin", pinned="true"))
    assert "n’est plus montré à personne" in follow(ada, send(ada, AREA, f"{AREA}/hide"))
    assert ada.get(AREA).status_code == 404
