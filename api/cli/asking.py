"""The commands that read: ask, person, status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from rich.console import Console

from api.cli import rendering
from api.languages import Language
from api.schemas import answer_out, profile_out
from api.settings import Settings
from api.status import read_status
from api.wiring import open_service
from api.wording import wording_in
from models.access import Viewer
from models.queries.people import find_viewer
from models.store import Store
from recommender.analysis import question_language
from recommender.expert_finding import Intent
from recommender.profiles import read_profile
from recommender.service import AskOptions


@dataclass(frozen=True, slots=True)
class AskRequest:
    """The options of `releve ask`."""

    top: int
    intent: str
    viewer: str | None
    lang: str | None
    as_json: bool


def ask(question: str, request: AskRequest) -> None:
    """Answer a question on the terminal."""
    language = Language(request.lang) if request.lang else Language(question_language(question) or Language.FRENCH)
    options = AskOptions(request.top, Intent(request.intent))
    with open_service(Settings()) as service:
        answer = service.recommender().find_experts(question, viewer_of(service.store, request.viewer), options)
    if request.as_json:
        rendering.print_json(answer_out(answer, wording_in(language)))
    else:
        rendering.print_answer(Console(), answer, wording_in(language))


def viewer_of(store: Store, reference: str | None) -> Viewer:
    """Return the viewer named on the command line."""
    if reference is None:
        return Viewer()
    with store.read() as session:
        return find_viewer(session, reference)


def person(reference: str, viewer: str | None, lang: str | None, *, as_json: bool) -> None:
    """Show a person's profile on the terminal."""
    with open_service(Settings()) as service, service.store.read() as session:
        index = service.recommender().index
        profile = read_profile(session, index, viewer_of(service.store, viewer), reference, datetime.now(UTC))
    if as_json:
        rendering.print_json(profile_out(profile))
    else:
        rendering.print_profile(Console(), profile, wording_in(Language(lang or Language.FRENCH)))


def status(viewer: str | None, *, as_json: bool) -> None:
    """Show what the store holds, on the terminal."""
    settings = Settings()
    with open_service(settings) as service:
        state = read_status(service, settings, viewer_of(service.store, viewer))
    if as_json:
        rendering.print_json(state)
    else:
        rendering.print_status(Console(), state)
