"""The widget in a real browser: a forum on another origin, with a strict policy, includes it from a running Relève."""

from __future__ import annotations

import importlib.util
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Route, expect

from api.app import create_app
from api.settings import Settings
from api.wiring import Service, create_service
from models.api_keys import NewKey, create_key
from models.records import Contribution, DocumentKind, DocumentRecord, PersonRecord, Role
from models.writing import Writer

FORUM_FILES = Path(__file__).parents[2] / "examples" / "widget"
# Long enough for a busy machine; what must not happen is watched for twice the time the widget waits.
PATIENCE_MS, QUIET_MS = 20_000, 800
SUGGEST = "**/v1/suggest"
# Two applications that insert their fields later, and say in two ways where the widget belongs.
APPLICATIONS = {
    "/script": """<!doctype html><html lang="en"><title>Host</title><main></main>
        <script src="$releve/widget.js" data-for="#late" data-body="#secret" data-token="$token" data-after=".row">
        </script></html>""",
    "/marked": """<!doctype html><html lang="en"><title>Host</title><main></main>
        <div data-releve-suggest data-for="#late" data-body="#secret" data-token="$token" data-theme="dark"></div>
        <script src="$releve/widget.js"></script></html>""",
}
ONE = {
    "experts": [],
    "practices": [
        {"kind": "practice", "title": "Une pratique", "snippet": "", "answers": 0, "solved": False, "link": "x"}
    ],
    "similar_questions": [],
}


@dataclass(frozen=True, slots=True)
class Host:
    """A Relève that serves, and the forum that includes its widget."""

    releve: str
    forum: str
    token: str


def forum_server() -> ModuleType:
    """Return the demonstration that documentation tells people to run."""
    spec = importlib.util.spec_from_file_location("forum_server", FORUM_FILES / "serve.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def serving(service: Service) -> Iterator[str]:
    """Serve the application on a free port of this machine."""
    app = create_app(lambda: service, service.settings)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=20)


@contextmanager
def in_thread(server: ThreadingHTTPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield
    server.shutdown()
    thread.join(timeout=20)
    server.server_close()


def fill(service: Service) -> None:
    wrote = (Contribution(person="lucien", role=Role.WROTE),)
    with service.store.write() as session:
        result = Writer(session, "t").write(
            [
                PersonRecord(id="lucien", name="Lucien Bois-Clair", unit="Eau potable"),
                DocumentRecord(
                    id="fr",
                    kind=DocumentKind.PRACTICE,
                    language="fr",
                    title="Amorcer la pompe 3 après une panne <b>",
                    text="Ouvrir la vanne de gauche, puis amorcer la pompe.",
                    people=wrote,
                ),
                DocumentRecord(
                    id="en",
                    kind=DocumentKind.PRACTICE,
                    language="en",
                    title="Restarting the night batch",
                    text="Check the return code, then restart the night batch.",
                    people=wrote,
                ),
            ]
        )
    assert result.refused == []
    service.update_index()


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    folder = tmp_path_factory.mktemp("site")
    with create_service(Settings(home=folder / "home", encoder="words")) as service:
        fill(service)
        with serving(service) as releve:
            forums = forum_server()
            for path, html in APPLICATIONS.items():
                (folder / f"{path[1:]}.html").write_text(html, encoding="utf-8")
                forums.PAGES[path] = folder / f"{path[1:]}.html"
            waiting = forums.make_server(releve, "later", 0)
            forum = f"http://localhost:{waiting.server_port}"
            waiting.server_close()
            with service.store.write() as session:
                token = create_key(session, datetime.now(UTC), NewKey("forum", ["suggest"], [forum])).text
            with in_thread(forums.make_server(releve, token, waiting.server_port)):
                yield Host(releve, forum, token)


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, host: Host) -> Page:
    """The forum's "new topic" page, which complains of nothing: no refused script, style or connection."""
    page = context.new_page()
    page.on("console", lambda message: pytest.fail(message.text) if "Content Security" in message.text else None)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(host.forum)
    return page


def write(page: Page, text: str, field: str = "#title") -> None:
    """Type as a person does: keys, not values."""
    page.locator(field).press_sequentially(text, delay=5)


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name="Relève")


def expect_shown(locator: Locator) -> None:
    expect(locator).to_be_visible(timeout=PATIENCE_MS)


def drafts_sent(page: Page) -> list[str]:
    """Return a list that fills with the drafts that leave the page."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/v1/suggest") and request.method == "POST":
            sent.append(json.loads(request.post_data or "{}")["draft"])

    page.on("request", note)
    return sent


def answering(page: Page, answer: dict[str, Any]) -> None:
    page.route(SUGGEST, lambda route: fulfil(route, answer))


def fulfil(route: Route, answer: dict[str, Any], status: int = 200, **headers: str) -> None:
    allowed = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}
    route.fulfill(status=status, json=answer, headers=allowed | headers)


def test_a_member_who_writes_in_french_sees_who_knows_and_what_answers(page: Page, host: Host) -> None:
    write(page, "comment amorcer la pompe")
    expect_shown(panel(page))
    person = page.get_by_role("link", name="Lucien Bois-Clair")
    assert person.get_attribute("href") == f"{host.releve}/people/t:lucien"
    assert person.get_attribute("rel") == "noopener noreferrer"
    assert person.get_attribute("target") == "_blank"
    expect(panel(page)).to_contain_text("Eau potable · A écrit «\u00a0Amorcer la pompe 3")
    expect(panel(page).get_by_role("button", expanded=True)).to_have_text(
        "1 texte y répond peut-être, 1 personne connaît le sujet"
    )
    assert page.evaluate("document.activeElement.id") == "title"  # the focus stays where they write


def test_a_member_who_writes_in_english_reads_english(page: Page, host: Host) -> None:
    page.goto(f"{host.forum}/en")
    write(page, "restarting the night batch")
    expect_shown(panel(page).get_by_text("Who knows about this"))
    expect(panel(page)).to_contain_text("Wrote “Restarting the night batch”")


def test_a_title_that_holds_markup_is_shown_as_text(page: Page) -> None:
    write(page, "comment amorcer la pompe")
    expect_shown(page.get_by_role("link", name="Amorcer la pompe 3 après une panne <b>"))
    assert page.locator("releve-suggest b").count() == 0


def test_hostile_answers_run_nothing_and_link_nowhere_but_to_the_web(page: Page) -> None:
    attack = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
    hostile = {"title": attack, "snippet": attack, "kind": attack, "answers": 1, "solved": True}
    addresses = ["javascript:document.title=1", "data:text/html,x", " JAVASCRIPT:document.title=1", "vbscript:x", ""]
    answer = {
        "experts": [{"person": {"name": attack, "unit": attack, "link": "javascript:1"}, "reasons": [attack]}],
        "practices": [{**hostile, "link": address} for address in addresses],
        "similar_questions": [{**hostile, "link": "//elsewhere.test/x"}],
    }
    answering(page, answer)
    page.locator("releve-suggest").evaluate("element => element.top = 10")
    write(page, "comment amorcer la pompe")
    expect_shown(panel(page))
    links = page.locator("releve-suggest a").evaluate_all("all => all.map((link) => link.href)")
    assert links == ["http://elsewhere.test/x"]
    assert page.locator("releve-suggest img, releve-suggest script").count() == 0
    assert "Nouveau sujet" in page.title()


def test_nothing_is_sent_before_the_member_types_nor_from_other_fields(page: Page) -> None:
    sent = drafts_sent(page)
    page.evaluate(
        """() => {
            const other = Object.assign(document.createElement("input"), { id: "other" });
            document.querySelector("form").append(other);
            title.value = "a draft that a script restored"; // and says so
            title.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    write(page, "my own matter and nobody else's", "#other")
    page.wait_for_timeout(QUIET_MS)
    assert sent == []
    page.locator("#title").fill("")
    write(page, "la pompe")  # two words, eight characters
    page.wait_for_timeout(QUIET_MS)
    assert sent == []
    write(page, " trois")
    page.wait_for_timeout(QUIET_MS)
    write(page, "Elle perd son eau.", "#body")
    page.wait_for_timeout(2 * QUIET_MS)
    assert sent[0] == "la pompe trois"
    assert sent[-1] == "la pompe trois\n\nElle perd son eau."
    assert not any("matter" in draft for draft in sent)


def test_a_late_answer_to_an_earlier_draft_is_dropped(page: Page) -> None:
    held: list[Route] = []

    def answer(route: Route) -> None:
        draft = json.loads(route.request.post_data or "{}")["draft"]
        if draft.endswith("plus tard"):
            fulfil(route, {**ONE, "practices": [{**ONE["practices"][0], "title": "La bonne"}]})
        else:
            held.append(route)

    page.route(SUGGEST, answer)
    write(page, "un premier brouillon")
    page.wait_for_timeout(QUIET_MS)
    assert len(held) == 1
    write(page, " plus tard")
    expect_shown(page.get_by_text("La bonne"))
    fulfil(held[0], ONE)
    page.wait_for_timeout(QUIET_MS)
    assert page.get_by_text("Une pratique").count() == 0


def test_a_busy_server_is_left_alone_as_long_as_it_asks_and_the_member_sees_nothing_of_it(page: Page) -> None:
    sent = drafts_sent(page)
    states = iter([429])
    page.route(
        SUGGEST,
        lambda route: fulfil(
            route, ONE, next(states, 200), **{"Retry-After": "3", "Access-Control-Expose-Headers": "Retry-After"}
        ),
    )
    write(page, "comment amorcer la pompe")
    page.wait_for_timeout(QUIET_MS)
    write(page, " du poste")
    page.wait_for_timeout(QUIET_MS)
    assert len(sent) == 1
    expect(panel(page)).to_be_hidden()
    expect_shown(page.get_by_text("Une pratique"))  # the last draft, once the time is over
    assert len(sent) == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1100])
def test_axe_finds_no_serious_fault(chromium: Browser, host: Host, scheme: Any, width: int) -> None:
    context = chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(host.forum)
    write(page, "comment amorcer la pompe")
    expect_shown(panel(page))
    found = Axe().run(page).response["violations"]
    context.close()
    assert [fault["id"] for fault in found if fault["impact"] in ("serious", "critical")] == []


def test_everything_is_within_reach_of_the_keyboard(page: Page) -> None:
    write(page, "comment amorcer la pompe")
    expect_shown(panel(page))
    focused = "document.querySelector('releve-suggest').shadowRoot.activeElement?.className"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "toggle"
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Lucien")).to_be_hidden()
    expect(panel(page).get_by_role("button", expanded=False)).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "dismiss"
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "title"
    expect(page.get_by_role("link", name="Lucien")).to_be_hidden()


def test_what_is_being_read_by_keyboard_does_not_change_until_it_is_left(page: Page) -> None:
    held: list[Route] = []
    write(page, "comment amorcer la pompe")
    expect_shown(panel(page))
    page.route(SUGGEST, lambda route: held.append(route))  # Playwright takes no builtin
    write(page, " encore")
    page.wait_for_timeout(QUIET_MS)
    page.get_by_role("link", name="Lucien").focus()
    fulfil(held[0], ONE)
    page.wait_for_timeout(QUIET_MS)
    expect(page.get_by_role("link", name="Lucien")).to_be_focused()
    page.locator("#body").focus()
    expect_shown(page.get_by_text("Une pratique"))


def test_dismissed_it_stays_away_and_silent_for_the_session(page: Page) -> None:
    write(page, "comment amorcer la pompe")
    expect_shown(panel(page))
    page.get_by_role("button", name="Masquer pour cette session").click()
    expect(panel(page)).to_be_hidden()
    page.reload()
    sent = drafts_sent(page)
    write(page, "comment amorcer la pompe")
    page.wait_for_timeout(2 * QUIET_MS)
    assert sent == []
    page.evaluate("document.querySelector('releve-suggest').refresh()")
    expect_shown(panel(page))


def test_the_summary_is_announced_politely(page: Page) -> None:
    status = page.locator("releve-suggest [role=status]")
    expect(status).to_have_text("")
    write(page, "comment amorcer la pompe")
    expect(status).to_have_text("1 texte y répond peut-être, 1 personne connaît le sujet", timeout=PATIENCE_MS)


def test_the_host_learns_what_was_shown_and_opened_and_nothing_of_the_draft(page: Page) -> None:
    page.evaluate(
        """() => {
            window.heard = [];
            for (const name of ["shown", "opened"])
              document.addEventListener(`releve-suggest:${name}`, (event) => heard.push([name, event.detail]));
        }"""
    )
    write(page, "comment amorcer la pompe")
    expect_shown(panel(page))
    with page.context.expect_page():
        page.get_by_role("link", name="Lucien").click()
    (shown, first), (opened, second) = page.evaluate("heard")
    assert (shown, first) == ("shown", {"texts": 1, "people": 1})
    assert (opened, second["kind"], second["rank"]) == ("opened", "person", 1)
    assert "amorcer" not in json.dumps([first, second])


LATE_FIELDS = """() => { document.querySelector("main").innerHTML =
  '<div class="row"><label>Title <input id="late"></label></div><input id="secret" type="password">' }"""


@pytest.mark.parametrize("path", list(APPLICATIONS))
def test_fields_that_an_application_inserts_later_are_followed(page: Page, host: Host, path: str) -> None:
    page.goto(host.forum + path)
    sent = drafts_sent(page)
    for _ in range(2):  # the composer opens, closes and opens again
        page.evaluate(LATE_FIELDS)
        page.locator("releve-suggest").wait_for(state="attached")
        page.wait_for_timeout(300)
        write(page, "hunter2 is my word", "#secret")
        write(page, "restarting the night batch", "#late")
        expect_shown(page.get_by_role("link", name="Restarting the night batch"))
        page.evaluate("document.querySelector('main').replaceChildren()")
        expect(panel(page)).to_be_hidden()
    assert not any("hunter2" in draft for draft in sent)


def test_it_mirrors_in_a_page_written_from_right_to_left_and_fits_a_narrow_column(page: Page) -> None:
    page.evaluate(
        "() => { document.documentElement.dir = 'rtl'; document.querySelector('main').style.width = '240px'; }"
    )
    write(page, "comment amorcer la pompe")
    expect_shown(panel(page))
    sizes: Callable[[str], Any] = lambda what: page.locator("releve-suggest").evaluate(what)  # noqa: E731
    assert sizes("(e) => getComputedStyle(e.shadowRoot.querySelector('section')).borderRightWidth") == "3px"
    assert sizes("(e) => e.shadowRoot.querySelector('section').scrollWidth <= e.clientWidth + 1")
