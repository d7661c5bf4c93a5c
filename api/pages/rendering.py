"""Rendering: from a template and what it shows to a page in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from api.auth.csrf import csrf_token
from api.languages import Language, language_named, preferred_language
from api.page_words import (
    language_name,
    say_action,
    say_circle,
    say_declarer,
    say_known_to,
    say_languages,
    say_status,
    say_strength,
    say_trend,
    trend_sign,
)
from api.pages.addresses import page_path
from api.pages.announcing import take_announcement
from api.pages.assets import asset_path
from api.pages.texts import as_paragraphs
from api.planning_words import planning_filters
from api.reason_words import say_note, say_reason
from api.wording import Wording, wording_in
from models.audit import about_person
from recommender.snippets import Snippet

LANGUAGE_COOKIE = "releve_language"
ONE_YEAR_S = 31_536_000
# What each language calls itself.
LANGUAGE_NAMES = {Language.FRENCH: "Français", Language.ENGLISH: "English"}


def render(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:  # noqa: ANN401 - a template shows anything
    """Return a page, or a part of one, in the reader's language."""
    language = page_language(request)
    text = environment(language).get_template(template).render({**request_context(request, language), **context})
    response = HTMLResponse(text, status, headers={"Content-Language": language.value, "Cache-Control": "no-store"})
    if language_named(request.query_params.get("lang")) is not None:
        response.set_cookie(
            LANGUAGE_COOKIE,
            language.value,
            max_age=ONE_YEAR_S,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
    return response


def page_language(request: Request) -> Language:
    """Return the language asked for in the address, else the one chosen before, else the browser's."""
    chosen = language_named(request.query_params.get("lang")) or language_named(request.cookies.get(LANGUAGE_COOKIE))
    return chosen or preferred_language(request.headers.get("accept-language"))


def request_context(request: Request, language: Language) -> Mapping[str, Any]:
    """Return what every template may use of the request."""
    return {
        "path": request.url.path,
        "language": language.value,
        "language_links": language_links(request, language),
        "csrf": csrf_token(request),
        "said": take_announcement(request, wording_in(language)),
        "plans": getattr(request.state, "plans", False),
    }


def wording_of(request: Request) -> Wording:
    """Return the words of the reader's language."""
    return wording_in(page_language(request))


def language_links(request: Request, current: Language) -> list[tuple[str, str, str]]:
    """Return the tag, name and address of this page in the other languages; forms sent by POST go to the first page."""
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    path = request.url.path if request.method == "GET" else "/"
    path = "/" if path == "/results" else path
    return [
        (other.value, LANGUAGE_NAMES[other], f"{quote(path)}?{urlencode([*kept, ('lang', other.value)])}")
        for other in Language
        if other is not current
    ]


@cache
def environment(language: Language) -> Environment:
    """Return the templates of a language: everything escaped, and a name that is not there is an error."""
    say = wording_in(language)
    # bandit's autoescape check wants to see the literal
    made = Environment(
        loader=PackageLoader("api.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(  # type: ignore[attr-defined]
        say.gettext, say.ngettext, newstyle=True, pgettext=say.pgettext, npgettext=say.npgettext
    )
    made.filters.update(filters_in(say))
    made.globals.update(asset=asset_path, say=say)
    return made


def filters_in(say: Wording) -> dict[str, Any]:
    """Return the filters of templates in a language."""

    def day(moment: date | datetime) -> Markup:
        shown = f'<time datetime="{moment:%Y-%m-%d}">{escape(say.day(moment))}</time>'
        return Markup(shown)  # noqa: S704 - the words are escaped

    return {
        "day": day,
        "days": say.days,
        "number": say.number,
        "percent": say.percent,
        "kind": say.kind,
        "role": say.role,
        "membership": say.membership,
        "leaves": say.leaves,
        "reason": lambda reason: say_reason(say, reason),
        "note": lambda note: say_note(say, note),
        "highlighted": highlighted,
        "person_path": person_path,
        "document_path": document_path,
        "area_path": lambda area_id: page_path("areas", area_id),
        "community_path": lambda community_id: page_path("communities", community_id),
        "language_choices": lambda choices: say_languages(say, choices),
        "language_list": lambda codes: ", ".join(language_name(say, code) for code in codes),
        "paragraphs": as_paragraphs,
        "strength": lambda evidence: say_strength(say, evidence),
        "trend": lambda trend: say_trend(say, trend),
        "trend_sign": trend_sign,
        "circle": lambda circle: say_circle(say, circle),
        "status": lambda status: say_status(say, status),
        "declarer": lambda by: say_declarer(say, by),
        "known_to": lambda known_to: say_known_to(say, known_to),
        "action": lambda action: say_action(say, action),
        "about_person": about_person,
        "web_address": web_address,
        **planning_filters(say),
    }


def highlighted(snippet: Snippet) -> Markup:
    """Return a snippet with the words of the question marked, everything else escaped."""
    parts: list[Markup] = []
    place = 0
    for start, end in snippet.highlights:
        parts += [escape(snippet.text[place:start]), Markup("<mark>{}</mark>").format(snippet.text[start:end])]
        place = end
    return Markup("").join([*parts, escape(snippet.text[place:])])


def person_path(person_id: str) -> str:
    """Return the address of a person's page."""
    return page_path("people", person_id)


def document_path(document_id: str) -> str:
    """Return the address of a document's page."""
    return page_path("documents", document_id)


def web_address(url: str | None) -> str | None:
    """Return an address that may be linked to; sources also name files and schemes that would run."""
    return url if url and url.lower().startswith(("http://", "https://")) else None
