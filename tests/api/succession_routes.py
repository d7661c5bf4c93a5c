"""The routes of succession in the table of every route, and what waits there for their callers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from models.access import Viewer
from models.planning import SuccessionPolicy, open_planning, set_policy
from models.records import AnyRecord, UnitRecord
from models.roles import grant_role
from models.tables import DepartureVisibility, OrganisationRole, StepKind
from models.transfer_plans import NewPlan, create_plan
from models.transfer_steps import NewStep

OK, MADE, DONE, NO, GONE = 200, 201, 204, 403, 404
UNIT: Final = "Eau"
DUE: Final = date(2040, 6, 1)
# Anonymous, other, owner, animateur, manager, administrator: administering gives no right to plan.
MANAGERS: Final = (401, NO, NO, NO, OK, NO)
NOTICE: Final = {"notice_fr": "Voici ce que voient les gestionnaires.", "notice_en": "This is what managers see."}
STEP: Final = {"kind": "mentoring", "starts_on": "2040-01-01", "due_on": "2040-02-01"}
SCORE: Final = {
    "area_id": "a1",
    "unit_id": "t:eau",
    "role_criticality": 5,
    "knowledge_concentration": 3,
    "tacit_depth": 3,
    "system_risk": 1,
    "replacement_difficulty": 5,
}
PAIR: Final = {"leaver_id": "t:owner", "area_id": "a1", "successor_id": "t:heir", "stance": "pinned"}
HISTORY: Final = "/v1/succession/risks/history"
PLANS: Final = "/v1/succession/plans"
# A plan of nobody planned for is not there; of one's own, it is among one's own plans.
SUCCESSION: list[tuple[str, str, str, Any, tuple[int, ...]]] = [
    ("GET", "/v1/succession/policy", "/v1/succession/policy", None, (401, *[OK] * 5)),
    ("PUT", "/v1/succession/policy", "/v1/succession/policy", {"enabled": True, **NOTICE}, (401, *[NO] * 4, OK)),
    ("GET", "/v1/succession/coverage", "/v1/succession/coverage", None, MANAGERS),
    ("GET", "/v1/succession/units", "/v1/succession/units?horizon_years=0", None, MANAGERS),
    ("GET", "/v1/succession/departures", "/v1/succession/departures", None, MANAGERS),
    ("POST", "/v1/succession/simulations", "/v1/succession/simulations", {"people": ["t:owner"]}, MANAGERS),
    ("GET", "/v1/succession/risks", "/v1/succession/risks?lang=en", None, MANAGERS),
    ("GET", HISTORY, f"{HISTORY}?area_id=a1&unit_id=t:eau", None, MANAGERS),
    ("POST", "/v1/succession/risks/scores", "/v1/succession/risks/scores", SCORE, (401, NO, NO, NO, MADE, NO)),
    (
        "GET",
        "/v1/succession/people/{id:path}/transfer",
        "/v1/succession/people/t:owner/transfer",
        None,
        MANAGERS,
    ),
    (
        "GET",
        "/v1/succession/people/{id:path}/successors",
        "/v1/succession/people/t:owner/successors",
        None,
        MANAGERS,
    ),
    ("GET", "/v1/succession/pairs", "/v1/succession/pairs?unit_id=t:eau", None, MANAGERS),
    ("PUT", "/v1/succession/pairs", "/v1/succession/pairs", PAIR, (401, NO, NO, NO, DONE, NO)),
    ("GET", PLANS, PLANS, None, MANAGERS),
    ("POST", PLANS, PLANS, {"person_id": "t:heir", "due_on": "2040-01-01"}, (401, NO, NO, NO, MADE, NO)),
    ("GET", PLANS + "/{number}", f"{PLANS}/1", None, MANAGERS),
    ("PATCH", PLANS + "/{number}", f"{PLANS}/1", {"note": "Ensemble"}, MANAGERS),
    ("GET", PLANS + "/{number}/evidence", f"{PLANS}/1/evidence", None, MANAGERS),
    ("DELETE", PLANS + "/{number}", f"{PLANS}/1", None, (401, NO, NO, NO, DONE, NO)),
    ("POST", PLANS + "/{number}/steps", f"{PLANS}/1/steps", STEP, (401, NO, NO, NO, MADE, NO)),
    ("PATCH", PLANS + "/{number}/steps/{step}", f"{PLANS}/1/steps/1", {"note": "Mardi"}, MANAGERS),
    ("DELETE", PLANS + "/{number}/steps/{step}", f"{PLANS}/1/steps/1", None, MANAGERS),
    ("GET", "/v1/me/plans", "/v1/me/plans", None, (401, *[OK] * 5)),
    (
        "PATCH",
        "/v1/me/plans/{number}/steps/{step}",
        "/v1/me/plans/1/steps/1",
        {"status": "planned"},
        (401, GONE, OK, GONE, GONE, GONE),
    ),
]


def unit_records() -> list[AnyRecord]:
    """Return the unit that the manager plans for."""
    return [UnitRecord(id="eau", name=UNIT)]


def switch_on(session: Session, now: datetime) -> None:
    """Switch succession on, and let the manager plan for the owner's unit, who has a plan."""
    set_policy(session, now, SuccessionPolicy(True, DepartureVisibility.DECLARED, **NOTICE))
    grant_role(session, now, "t:manager", OrganisationRole.MANAGER, "t:eau")
    planner = open_planning(session, Viewer("t:manager"), {"t:eau"})
    step = NewStep(StepKind.MENTORING, date(2040, 1, 1), DUE, successor_id="t:heir")
    create_plan(session, planner, now, NewPlan("t:owner", DUE, steps=[step]))
