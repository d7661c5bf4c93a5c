"""The succession policy: whether succession is switched on here, on what terms, and what people are told of it."""

from __future__ import annotations

from fastapi import Request

from api.auth.auditing import audit
from api.dependencies import Administrator, Reader, ServiceDep
from api.errors import problems
from api.planners import PlanningEvent
from api.rest.clock import Now
from api.rest.routing import rest_router
from api.schemas_succession_policy import PolicyIn, PolicyOut, policy_out
from models.planning import SuccessionPolicy, read_policy, set_policy

router = rest_router("/succession/policy", "succession")


@router.get("", operation_id="readSuccessionPolicy", summary="Whether succession is on, and on what terms")
def read_one(_caller: Reader, service: ServiceDep) -> PolicyOut:
    """Return what the organisation decided: everyone may know what managers see, and what they are told of it."""
    with service.store.read() as session:
        return policy_out(read_policy(session))


@router.put(
    "",
    operation_id="decideSuccessionPolicy",
    summary="Switch succession on or off",
    responses=problems(403, 422),
)
def decide(decided: PolicyIn, request: Request, caller: Administrator, service: ServiceDep, now: Now) -> PolicyOut:
    """Decide in place of what was decided before; switched on only with a notice in both languages."""
    policy = SuccessionPolicy(
        decided.enabled, decided.departures, decided.smallest_group, decided.notice_fr, decided.notice_en
    )
    with service.store.write() as session:
        set_policy(session, now, policy)
        audit(
            session,
            caller,
            request,
            PlanningEvent.POLICY_DECIDED,
            None,
            enabled=decided.enabled,
            departures=decided.departures.value,
            smallest_group=decided.smallest_group,
        )
        return policy_out(read_policy(session))
