"""Errors in a browser are pages; programs get problem details; static files are kept for good."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from api.pages.assets import asset_path, assets

Browser = Callable[..., TestClient]


@pytest.mark.parametrize(("language", "said"), [("fr", "Il n’y a rien ici"), ("en", "Nothing is here")])
def test_an_address_that_is_not_there_is_a_page_that_helps(browser: Browser, language: str, said: str) -> None:
    page = browser(language=language).get("/nowhere/<script>")
    assert page.status_code == 404
    assert said in page.text
    assert 'href="/"' in page.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/people/t:nobody/ask", 404),
        ("/solicitations/7", 403),
        ("/solicitations/x", 422),
        ("/static/0/releve.css", 404),
    ],
)
def test_every_refusal_has_its_page(browser: Browser, address: str, status: int) -> None:
    page = browser().get(address)
    assert page.status_code == status
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>" in page.text


def test_programs_get_problem_details(browser: Browser) -> None:
    client = browser()
    assert client.get("/v1/nowhere").headers["content-type"] == "application/problem+json"
    plain = client.get("/nowhere", headers={"Accept": "application/json"})
    assert plain.headers["content-type"] == "application/problem+json"


def test_a_form_without_the_token_of_its_session_is_refused(browser: Browser) -> None:
    page = browser("t:simon").post("/feedback", data={"person": "t:lucien", "q": "pompe", "verdict": "useful"})
    assert page.status_code == 403


@pytest.mark.parametrize("name", sorted(assets()))
def test_a_static_file_is_kept_for_good_at_the_address_of_its_content(browser: Browser, name: str) -> None:
    got = browser().get(asset_path(name))
    assert got.status_code == 200
    assert "immutable" in got.headers["cache-control"]
    assert got.content == assets()[name].content


@pytest.mark.parametrize("address", ["/static/x/..%2f..%2fapp.py", "/static/../app.py", "/static/x/%2e%2e/app.py"])
def test_nothing_outside_the_static_files_is_served(browser: Browser, address: str) -> None:
    assert browser().get(address).status_code == 404


def test_the_notice_is_readable_in_both_languages(browser: Browser) -> None:
    assert "Ce qui est conservé sur vous" in browser().get("/privacy").text
    assert "What is stored about you" in browser(language="en").get("/privacy").text
