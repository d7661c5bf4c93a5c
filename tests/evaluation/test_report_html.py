from __future__ import annotations

import re
from dataclasses import replace

import pytest
from rich.console import Console
from selectolax.lexbor import LexborHTMLParser

from evaluation.experiment import Data, Experiment, SystemResult
from evaluation.measures import parse_measures
from evaluation.report import Report, judge
from evaluation.report_html import report_page
from evaluation.terminal_report import print_report
from tests.evaluation.judging import experiment

NASTY = '<script>alert("$x$")</script>_&'


@pytest.fixture(scope="module")
def report() -> Report:
    given = experiment()
    nasty = SystemResult(NASTY, given.results[0].run, {"q1": 3.0})
    data = Data(NASTY, "v1", "made up")
    return judge(replace(given, data=data, results=[*given.results, nasty]), parse_measures([]))


@pytest.fixture(scope="module")
def page(report: Report) -> str:
    return report_page(report)


def test_the_page_names_data_version_seed_and_command(page: str) -> None:
    facts = LexborHTMLParser(page).css_first("dl").text()
    for fact in ("v1", "seed7", "releve evaluate toy", NASTY):
        assert fact in facts


def test_the_page_loads_nothing_and_runs_nothing(page: str) -> None:
    assert "//" not in re.sub(r"<!doctype html>", "", page)
    tree = LexborHTMLParser(page)
    assert not tree.css("script, link, img, iframe, object, embed, foreignObject, image")
    assert not re.findall(r"url\((?!#)|@import|\son\w+=", page)


def test_each_plot_has_a_name_for_those_who_do_not_see_it_and_a_table_beside(page: str) -> None:
    sections = LexborHTMLParser(page).css("section")
    assert [section.css_first("h2").id for section in sections] == [
        "accuracy",
        "comparisons",
        "slices",
        "exposure",
        "latency",
    ]
    for section in sections:
        drawing = section.css_first("svg")
        assert drawing.attributes["role"] == "img"
        assert section.css_first(f"#{drawing.attributes['aria-labelledby']}").text()
        assert section.css_first("table caption").text()
        assert section.css("table thead th[scope=col]")
        assert section.css("table tbody th[scope=row]")


def test_no_id_is_used_twice(page: str) -> None:
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', page)) <= set(ids)


def test_ink_follows_the_page_dark_or_light(page: str) -> None:
    assert "prefers-color-scheme: dark" in page
    assert "currentColor" in page
    drawn = "".join(re.findall(r"<svg.*?</svg>", page, re.DOTALL))
    assert not re.findall(r"#000000|#ffffff|fill: (?:black|white)", drawn)


def test_the_same_report_gives_the_same_page(report: Report, page: str) -> None:
    assert report_page(report) == page


def test_a_report_without_comparisons_slices_or_latency_has_no_empty_sections() -> None:
    given = experiment()
    alone = SystemResult("a", given.results[0].run, {})
    bare = Experiment(given.data, given.queries[:1], given.qrels, [alone], 1, "c")
    headings = LexborHTMLParser(report_page(judge(bare, parse_measures(["RR"])))).css("h2")
    assert [heading.id for heading in headings] == ["accuracy", "exposure"]


def test_the_terminal_shows_the_same_figures(report: Report) -> None:
    console = Console(width=200, record=True, file=None, force_terminal=False, quiet=False)
    with console.capture() as captured:
        print_report(console, report)
    said = captured.get()
    assert re.search(r"releve +0\.8333", said)
    assert re.search(r"popularity +RR +\+0\.3333 +\+0\.0000 to \+0\.5000", said)
    assert "releve evaluate toy" in said
    assert "Queries left out because they have no judgements: 1." in said
