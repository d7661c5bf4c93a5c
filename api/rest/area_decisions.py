"""Decisions of administrators about areas: names, what is hidden or pinned, mergers."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from api.auth.auditing import audit
from api.dependencies import Administrator, ServiceDep
from api.errors import problems
from api.rest.clock import Now
from api.rest.parameters import AreaId
from api.rest.routing import rest_router
from api.schemas_areas import AreaChange, AreasToMerge
from models.areas import hide_area, merge_areas, pin_area, rename_area
from models.audit import DETAIL_LENGTH

router = rest_router("/areas", "areas")


@router.patch(
    "/{id:path}",
    operation_id="changeArea",
    summary="Name, hide or pin an area",
    status_code=204,
    responses=problems(403, 404, 422),
)
def change(
    id: AreaId,
    decided: AreaChange,
    request: Request,
    caller: Administrator,
    service: ServiceDep,
    now: Now,
) -> Response:
    """Decide what an area is called and whether it is shown; later findings keep to it."""
    with service.store.write() as session:
        if decided.label_fr is not None and decided.label_en is not None:
            rename_area(session, now, id, decided.label_fr, decided.label_en, administrator=True)
        if decided.hidden is not None:
            hide_area(session, now, id, hidden=decided.hidden, administrator=True)
        if decided.pinned is not None:
            pin_area(session, now, id, pinned=decided.pinned, administrator=True)
        fields = ",".join(sorted(decided.model_dump(exclude_none=True)))
        audit(session, caller, request, "area.changed", f"area:{id}", fields=fields)
    return Response(status_code=204)


@router.post(
    "/{id:path}/merge",
    operation_id="mergeAreas",
    summary="Put areas into this one",
    status_code=204,
    responses=problems(403, 404, 422),
)
def merge(
    id: AreaId,
    merged: AreasToMerge,
    request: Request,
    caller: Administrator,
    service: ServiceDep,
    now: Now,
) -> Response:
    """Put areas into this one with all that is in them, for good; their ids lead here."""
    with service.store.write() as session:
        merge_areas(session, now, merged.areas, id, administrator=True)
        audit(session, caller, request, "area.merged", f"area:{id}", areas=",".join(merged.areas)[:DETAIL_LENGTH])
    return Response(status_code=204)
