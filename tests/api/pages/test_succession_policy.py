"""Switching succession on, the notice people are given, and what each sees of what it shows about them."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from api.wiring import create_service
from models.access import Viewer
from models.audit import AuditEvent, about_person, list_events, record_event
from models.paging import PageRequest
from models.planning import Planner, read_policy
from models.roles import find_unit, grant_role
from models.tables import DepartureVisibility, OrganisationRole, PlanStatus, StepKind
from models.transfer_plans import NewPlan, change_plan, create_plan
from models.transfer_steps import NewStep
from tests.api.pages.signed_in import PEOPLE, by_proxy, fill, follow, send
from tests.conftest import NOW

Browser = Callable[..., TestClient]
POLICY, MINE, CHOICES = "/succession/policy", "/me/succession", "/me/availability"
HOSTILE = "Avis <script>alert('avis')</script> {{ 7*7 }}\n\n- un point"
DECIDED = {
    "enabled": "true",
    "departures": "bands",
    "smallest_group": "6",
    "notice_fr": HOSTILE,
    "notice_en": "Notice for all",
}


@pytest.fixture
def home(home: Path) -> Path:
    fill(home)
    with create_service(Settings(home=home)) as service, service.store.write() as session:
        grant_role(session, NOW, "t:max", OrganisationRole.MANAGER, find_unit(session, "Eau"))
    return home


def switch_on(browser: Browser, home: Path, **changes: str) -> TestClient:
    admin = by_proxy(browser, home, "t:ada")
    assert send(admin, POLICY, POLICY, **{**DECIDED, **changes}).status_code == 303
    return admin


def seen(page: str) -> str:
    return html.unescape(page).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("person", [name for name in PEOPLE if name != "administrator"])
def test_only_administrators_see_and_decide_the_policy(browser: Browser, home: Path, person: str) -> None:
    client = by_proxy(browser, home, PEOPLE[person])
    assert client.get(POLICY).status_code == 403
    assert send(client, CHOICES, POLICY, **DECIDED).status_code == 403
    anonymous = by_proxy(browser, home, "")
    assert anonymous.get(POLICY, follow_redirects=False).status_code in (303, 401)


def test_a_policy_is_decided_with_a_form_that_begins_from_a_notice_in_both_languages(
    browser: Browser, home: Path
) -> None:
    admin = by_proxy(browser, home, "t:ada")
    page = seen(admin.get(POLICY).text)
    assert "La relève est fermée" in page
    assert "jamais de l’âge" in page
    assert "never on age" in page
    assert "C’est enregistré" in follow(admin, send(admin, POLICY, POLICY, **DECIDED))
    page = admin.get(POLICY).text
    assert "La relève est ouverte" in page
    assert "<script>alert" not in page
    assert 'value="bands" checked' in page
    with create_service(Settings(home=home)) as service, service.store.read() as session:
        policy = read_policy(session)
        event = list_events(session, PageRequest()).items[0]
    assert (policy.enabled, policy.departures, policy.smallest_group) == (True, DepartureVisibility.BANDS, 6)
    assert (policy.notice_fr, policy.notice_en) == (HOSTILE, "Notice for all")
    assert (event.actor, event.action) == ("person:t:ada", "succession.policy_decided")
    assert dict(event.details) == {"enabled": True, "departures": "bands", "smallest_group": 6}


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"smallest_group": "2"}, "nombre entier de 3 à 100"),
        ({"smallest_group": "x"}, "nombre entier de 3 à 100"),
        ({"notice_en": "  "}, "Écrivez ce qui est dit aux personnes"),
        ({"notice_fr": "a" * 4001}, "C’est trop long"),
    ],
)
def test_a_mistake_is_said_at_its_field_and_changes_nothing(
    browser: Browser, home: Path, changes: dict[str, str], wrong: str
) -> None:
    admin = by_proxy(browser, home, "t:ada")
    answer = send(admin, POLICY, POLICY, **{**DECIDED, **changes})
    assert answer.status_code == 422
    page = seen(answer.text)
    assert wrong in page
    assert 'value="bands" checked' in page
    assert "La relève est fermée" in seen(admin.get(POLICY).text)


def test_it_is_switched_off_as_easily(browser: Browser, home: Path) -> None:
    admin = switch_on(browser, home)
    off = {name: value for name, value in DECIDED.items() if name != "enabled"}
    send(admin, POLICY, POLICY, **off)
    assert "La relève est fermée" in seen(admin.get(POLICY).text)
    assert "Notice for all" not in admin.get("/privacy?lang=en").text


def test_the_notice_is_on_everyones_page_and_on_that_about_privacy(browser: Browser, home: Path) -> None:
    eva = by_proxy(browser, home, "t:eva")
    for address in ("/me", "/privacy", MINE):
        assert "Avis" not in eva.get(address).text
    switch_on(browser, home)
    for address in ("/me", "/privacy", MINE):
        page = eva.get(address).text
        assert "Avis &lt;script&gt;" in page
        assert "<li>un point</li>" in page
        assert "Notice for all" in by_proxy(browser, home, "t:eva", "en").get(address).text
    assert "Notice for all" in by_proxy(browser, home, "", "en").get("/privacy").text


def test_each_sees_who_manages_them_what_is_known_and_who_looked(browser: Browser, home: Path) -> None:
    switch_on(browser, home)
    with create_service(Settings(home=home)) as service, service.store.write() as session:
        event = AuditEvent(NOW, "person:t:max", "succession.person_viewed", about_person("t:lucien"))
        record_event(session, event)
    page = seen(by_proxy(browser, home, "t:lucien").get(MINE).text)
    assert "Max Manager, qui gère Eau" in page
    assert "annoncé à tout le monde" in page
    assert "Max Manager</strong> : a regardé ce qui partirait avec vous" in page
    assert "vous-même, qui gérez Eau" in seen(by_proxy(browser, home, "t:max").get(MINE).text)
    other = seen(by_proxy(browser, home, "t:simon").get(MINE).text)
    assert "Personne ne gère votre unité" in other
    assert "Personne encore." in other
    assert "Max Manager" not in other


def test_who_opted_out_reads_that_they_appear_to_nobody(browser: Browser, home: Path) -> None:
    switch_on(browser, home)
    lucien = by_proxy(browser, home, "t:lucien")
    send(lucien, CHOICES, f"{CHOICES}/visibility", visible="false")
    assert "ni par votre nom ni dans un nombre" in lucien.get(MINE).text


@pytest.mark.parametrize(
    ("departures", "before", "declared"),
    [
        ("announced", "il n’est montré qu’à vous.", "connu de vous seulement, ici"),
        ("hr_announced", "il n’est montré qu’à vous.", "connu de vous seulement, ici"),
        ("bands", "il compte dans les nombres", "compté dans les nombres"),
        ("declared", "aux gestionnaires de votre unité", "connu des gestionnaires de votre unité"),
    ],
)
def test_who_declares_a_departure_reads_who_will_know(
    browser: Browser, home: Path, departures: str, before: str, declared: str
) -> None:
    switch_on(browser, home, departures=departures)
    ana = by_proxy(browser, home, "t:ana")
    assert before in seen(ana.get(CHOICES).text)
    send(ana, CHOICES, f"{CHOICES}/departure", earliest="2199-01-01")
    for address in (CHOICES, MINE):
        assert declared in seen(ana.get(address).text)


def test_who_is_nobody_has_no_such_page(browser: Browser, home: Path) -> None:
    assert "Dire qui je suis" in browser().get(MINE).text


def test_each_sees_the_plans_that_concern_them(browser: Browser, home: Path) -> None:
    switch_on(browser, home)
    with create_service(Settings(home=home)) as service, service.store.write() as session:
        planner = Planner(Viewer("t:max"), frozenset({find_unit(session, "Eau")}), DepartureVisibility.ANNOUNCED, 5)
        days = (date(2198, 1, 1), date(2198, 6, 1))
        step = NewStep(StepKind.MENTORING, *days, title="Vannes <b>du nord</b>", successor_id="t:ana")
        made = create_plan(session, planner, NOW, NewPlan("t:lucien", date(2198, 7, 1), steps=[step]))
    mine = seen(by_proxy(browser, home, "t:lucien").get(MINE).text)
    assert "Ce que vous transmettez" in mine
    assert "d’ici le" in mine
    assert "Vannes &lt;b&gt;" in by_proxy(browser, home, "t:lucien").get(MINE).text
    ana = by_proxy(browser, home, "t:ana")
    assert "vous transmet" not in seen(ana.get(MINE).text), "a draft is not for successors"
    with create_service(Settings(home=home)) as service, service.store.write() as session:
        change_plan(session, planner, NOW, made.id, {"status": PlanStatus.ACTIVE})
    assert "Ce que Lucien Bois vous transmet" in seen(ana.get(MINE).text)
    assert "Les plans qui vous concernent" not in by_proxy(browser, home, "t:eva").get(MINE).text
