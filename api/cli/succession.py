"""What the commands of `releve succession` do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from rich.console import Console
from sqlalchemy.orm import Session

from api.cli import rendering
from api.cli.succession_rendering import (
    print_pairs,
    print_risks,
    print_simulation,
    print_successors,
    print_transfer,
)
from api.languages import Language
from api.planners import PlanningEvent, planner_for
from api.schemas_risks import RisksOut, risk_out
from api.schemas_succession import simulation_out
from api.schemas_successors import AreaSuccessorsOut, pairs_out, taking_over_out
from api.schemas_transfers import TransferOut, transfer_out
from api.settings import Settings
from api.wiring import Service, open_service
from api.wording import Wording, wording_in
from models.access import Viewer
from models.audit import COMMAND, AuditEvent, about_person, record_event
from models.planning import Planner
from models.queries.people import find_person, find_viewer
from models.queries.planned import narrow_planner, read_people_named
from models.roles import find_unit
from recommender.succession.coverage import CoverageOptions, measure_coverage
from recommender.succession.ground import Ground, read_ground
from recommender.succession.horizon import DAYS_PER_YEAR
from recommender.succession.pairs import pair_unit
from recommender.succession.risk import list_risks
from recommender.succession.simulation import simulate as simulate_departures
from recommender.succession.taking_over import find_successors
from recommender.succession.transfer import what_to_transfer


@dataclass(frozen=True, slots=True)
class Planned:
    """Who plans, for which of their units, and how it is shown."""

    viewer: str | None
    unit: str | None
    lang: str
    as_json: bool

    @property
    def say(self) -> Wording:
        """Return the words of the language asked for."""
        return wording_in(Language(self.lang))


class PersonSuccessionOut(TransferOut):
    """What someone should pass on, and who could take it over."""

    areas: list[AreaSuccessorsOut]


@dataclass(frozen=True, slots=True)
class Opened:
    """A store open for someone who plans."""

    service: Service
    session: Session
    planner: Planner
    ground: Ground
    today: date

    def find(self, reference: str) -> str:
        """Return the id of a person by id, e-mail or name."""
        return find_person(self.session, self.planner.viewer, self.today, reference).id


@contextmanager
def opened(planned: Planned) -> Iterator[Opened]:
    """Open the store for the manager named with --as, or for the whole organisation."""
    today = datetime.now(UTC).date()
    with open_service(Settings()) as service, service.store.read() as session:
        viewer = find_viewer(session, planned.viewer) if planned.viewer else Viewer()
        planner = planner_for(session, viewer)
        if planned.unit is not None:
            planner = narrow_planner(session, planner, find_unit(session, planned.unit))
        ground = read_ground(session, service.traces(), planner.viewer, today)
        yield Opened(service, session, planner, ground, today)


def note(opened: Opened, event: PlanningEvent, people: Sequence[str] = ()) -> None:
    """Write down what was looked at on the command line; each person whom it is about sees it."""
    now = datetime.now(UTC)
    with opened.service.store.write() as session:
        acting = opened.planner.viewer.person_id
        targets: list[str | None] = [about_person(person) for person in people if person != acting]
        for target in targets or ([] if people else [None]):
            record_event(session, AuditEvent(now, COMMAND, event, target, acting))


def risks(planned: Planned, horizon: float) -> None:
    """List the areas at risk."""
    with opened(planned) as at:
        lines = list_risks(at.session, at.ground, at.planner, at.today)
        covered = measure_coverage(at.session, at.ground, at.planner, at.today, CoverageOptions(horizon))
        until = at.today + timedelta(days=round(horizon * DAYS_PER_YEAR))
        ids = {
            holder.person_id
            for area in covered
            for holder in area.holders
            if holder.leaves_on and holder.leaves_on <= until
        }
        people = read_people_named(at.session, at.planner.viewer, at.today, ids)
        note(at, PlanningEvent.VIEWED)
        if planned.as_json:
            rendering.print_json(RisksOut(risks=[risk_out(line, planned.say) for line in lines]))
        else:
            print_risks(Console(), planned.say, lines, {area.area_id: area for area in covered}, people)


def person(who: str, planned: Planned, top: int) -> None:
    """Show what someone should pass on."""
    with opened(planned) as at:
        transfer = what_to_transfer(at.session, at.ground, at.planner, at.today, at.find(who))
        found = find_successors(at.session, at.ground, at.planner, datetime.now(UTC), transfer.person.id, top=top)
        proposed = {candidate.person.id for area in found.areas for candidate in area.candidates}
        note(at, PlanningEvent.PERSON_VIEWED, [transfer.person.id, *sorted(proposed)])
        if planned.as_json:
            shown = transfer_out(transfer, planned.say)
            areas = taking_over_out(found, planned.say).areas
            rendering.print_json(PersonSuccessionOut(**shown.model_dump(), areas=areas))
        else:
            print_transfer(Console(), planned.say, transfer)
            print_successors(Console(), planned.say, found)


def pairs(planned: Planned, horizon: float, limit: int) -> None:
    """Pair what people who leave hold with successors."""
    with opened(planned) as at:
        found = pair_unit(at.session, at.ground, at.planner, datetime.now(UTC), horizon, limit)
        people = {one.leaver.id for one in found.pairs} | {one.successor.id for one in found.pairs if one.successor}
        note(at, PlanningEvent.PERSON_VIEWED if people else PlanningEvent.VIEWED, sorted(people))
        if planned.as_json:
            rendering.print_json(pairs_out(found))
        else:
            print_pairs(Console(), planned.say, found)


def simulate(people: Sequence[str], by: date | None, planned: Planned) -> None:
    """Show what would be lost."""
    with opened(planned) as at:
        ids = [at.find(reference) for reference in people]
        found = simulate_departures(at.session, at.ground, at.planner, at.today, ids, by or at.today)
        named = {id_ for question in found.lost_questions for id_ in question.answered_by} | set(found.people)
        names = read_people_named(at.session, at.planner.viewer, at.today, named)
        note(at, PlanningEvent.SIMULATED, found.people)
        if planned.as_json:
            rendering.print_json(simulation_out(found))
        else:
            print_simulation(Console(), planned.say, found, {id_: person.name for id_, person in names.items()})
