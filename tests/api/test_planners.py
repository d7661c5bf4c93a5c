"""Planners: who may plan succession, each kind of caller before each kind of role."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import Request
from fastapi.testclient import TestClient

from api.dependencies import Reader, ServiceDep
from api.planners import PlanningEvent, note_view, planner_for, planner_of
from api.wiring import Service
from models.access import Viewer
from models.audit import list_events, list_events_about
from models.errors import NotAllowedError
from models.paging import PageRequest
from models.planning import SuccessionPolicy, set_policy
from models.records import PersonRecord, UnitRecord
from models.roles import grant_role
from models.tables import DepartureVisibility, OrganisationRole
from models.writing import Writer
from tests.api.auth.conftest import OpenClient, make_key, open_client, service

__all__ = ["make_key", "open_client", "service"]
MakeKey = Callable[..., dict[str, str]]
NOW = datetime(2026, 6, 15, tzinfo=UTC)
EVERYWHERE = {"units": None, "departures": "bands", "smallest_group": 4}
OF_EAUX = EVERYWHERE | {"units": ["t:eaux", "t:pompes"]}


def told(caller: Reader, service: ServiceDep) -> dict[str, Any]:
    with service.store.read() as session:
        planner = planner_of(session, caller)
    units = None if planner.units is None else sorted(planner.units)
    return {"units": units, "departures": planner.departures, "smallest_group": planner.smallest_group}


def viewed(caller: Reader, service: ServiceDep, request: Request, people: str = "") -> None:
    with service.store.write() as session:
        event = PlanningEvent.SIMULATED if people else PlanningEvent.VIEWED
        note_view(session, caller, request, event, people.split(), view="simulation")


@pytest.fixture
def town(service: Service) -> Service:
    """Bo manages Eaux and Pompes under it, Cy manages Voirie, Di administers; succession is switched on."""
    with service.store.write() as session:
        records = [
            UnitRecord(id="eaux", name="Eaux"),
            UnitRecord(id="pompes", name="Pompes", parent="eaux"),
            UnitRecord(id="voirie", name="Voirie"),
            *(PersonRecord(id=id_, name=id_.title(), email=f"{id_}@ville.test") for id_ in ("cy", "di")),
        ]
        assert Writer(session, "t").write(records).refused == []
        set_policy(session, NOW, SuccessionPolicy(True, DepartureVisibility.BANDS, 4, "Avis", "Notice"))
        grant_role(session, NOW, "t:bo", OrganisationRole.MANAGER, "t:eaux")
        grant_role(session, NOW, "t:cy", OrganisationRole.MANAGER, "t:voirie")
        grant_role(session, NOW, "t:di", OrganisationRole.ADMINISTRATOR)
    return service


def ask(client: TestClient, headers: dict[str, str]) -> Any:
    answer = client.get("/v1/plan-probe", headers=headers)
    return answer.json() if answer.status_code == 200 else answer.status_code


def probed(client: TestClient) -> TestClient:
    app: Any = client.app
    app.get("/v1/plan-probe")(told)
    app.get("/v1/view-probe")(viewed)
    return client


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("person", "answer"),
    [
        (None, 401),
        ("ana", 403),
        ("bo", OF_EAUX),
        ("cy", EVERYWHERE | {"units": ["t:voirie"]}),
        ("di", 403),
    ],
)
def test_only_managers_plan_and_for_their_units_with_those_under_them(
    open_client: OpenClient, person: str | None, answer: Any
) -> None:
    headers = {"X-Forwarded-User": f"{person}@ville.test"} if person else {}
    assert ask(probed(open_client(auth="proxy")), headers) == answer


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("scopes", "acts_for", "answer"),
    [
        (("read",), None, 403),
        (("read", "admin"), None, 403),
        (("read", "on-behalf-of"), None, 403),
        (("read", "on-behalf-of"), "t:bo", OF_EAUX),
        (("read", "on-behalf-of"), "t:ana", 403),
        (("read", "on-behalf-of", "admin"), "t:di", 403),
        (("read",), "t:bo", 403),
        (("suggest",), None, 403),
    ],
)
def test_a_key_plans_only_as_the_manager_it_acts_for(
    open_client: OpenClient, make_key: MakeKey, scopes: tuple[str, ...], acts_for: str | None, answer: Any
) -> None:
    headers = make_key(*scopes) | ({"On-Behalf-Of": acts_for} if acts_for else {})
    assert ask(probed(open_client(auth="keys")), headers) == answer


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(("user", "answer"), [(None, EVERYWHERE), ("t:ana", EVERYWHERE), ("t:bo", OF_EAUX)])
def test_whoever_is_at_this_machine_plans_for_everyone_or_as_the_manager_they_chose_to_be(
    open_client: OpenClient, user: str | None, answer: Any
) -> None:
    assert ask(probed(open_client(user=user)), {}) == answer


def test_the_command_line_plans_for_everyone_or_as_the_manager_named(town: Service) -> None:
    with town.store.read() as session:
        assert planner_for(session, Viewer()).units is None
        assert planner_for(session, Viewer("t:bo")).units == {"t:eaux", "t:pompes"}
        with pytest.raises(NotAllowedError, match="releve roles grant"):
            planner_for(session, Viewer("t:ana"))


def test_nobody_plans_before_succession_is_switched_on(open_client: OpenClient) -> None:
    answer = probed(open_client()).get("/v1/plan-probe")
    assert answer.status_code == 403
    assert "releve succession policy --on" in answer.text


def test_each_person_of_a_view_sees_who_viewed_them_and_nobody_notes_their_own(
    open_client: OpenClient, town: Service
) -> None:
    client = probed(open_client(auth="proxy"))
    for people in ("", "t:ana t:bo t:cy t:ana"):
        client.get("/v1/view-probe", params={"people": people}, headers={"X-Forwarded-User": "bo@ville.test"})
    with town.store.read() as session:
        log = list_events(session, PageRequest()).items
        own = list_events_about(session, Viewer("t:cy"), PageRequest()).items
    assert [(e.actor, e.action, e.target) for e in log] == [
        ("person:t:bo", "succession.simulated", "person:t:cy"),
        ("person:t:bo", "succession.simulated", "person:t:ana"),
        ("person:t:bo", "succession.viewed", None),
    ]
    assert [(e.actor, e.action, dict(e.details)) for e in own] == [("person:t:bo", "succession.simulated", {})]
