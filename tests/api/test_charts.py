"""Charts: every figure is written out, colour never speaks alone, hostile names are words, nothing is drawn twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from api.charts import (
    Dumbbells,
    HeatMap,
    Square,
    Tone,
    Trend,
    YearBars,
    draw_dumbbells,
    draw_heat_map,
    draw_trend,
    draw_year_bars,
)

HOSTILE = "Pompes <b>&</b> vannes"
LEGEND = ((Tone.HIGH, "Élevé"), (Tone.MEDIUM, "Moyen"), (Tone.LOW, "Faible"))
MAP = HeatMap(
    "map", "Risques", "Deux domaines", (HOSTILE, "Voirie"), ("Eau", "Ville"),
    ((Square(Tone.HIGH, "1"), None), (Square(Tone.MEDIUM, "7"), Square(Tone.LOW, "12"))), LEGEND,
)  # fmt: skip


def words_of(svg: str) -> list[str]:
    return [text.text() for text in LexborHTMLParser(svg).css("text")]


def test_a_map_says_each_figure_and_each_name() -> None:
    words = words_of(draw_heat_map(MAP))
    assert {"1", "7", "12", HOSTILE, "Voirie", "Eau", "Ville", "Élevé", "Moyen", "Faible"} <= set(words)
    assert "<b>" not in draw_heat_map(MAP)


def test_each_tone_has_a_shape_of_its_own() -> None:
    shapes = set()
    for tone in Tone:
        row = (Square(tone, "1"), Square(tone, "2"))
        page = LexborHTMLParser(draw_heat_map(HeatMap("m", "t", "d", ("a",), ("b", "c"), (row,), ())))
        (mark,) = {use.attributes["href"] for use in page.css(f'use[fill="var(--on-tone-{tone})"]')}
        shapes.add(page.css_first(mark).attributes["d"])
    assert len(shapes) == len(Tone)


def test_a_number_too_small_to_say_is_hatched_and_said_so() -> None:
    chart = YearBars("waves", "Départs", "", ("2027", "2028"), (4, 5), (("Eau", (3, None)),), "< 5")
    svg = draw_year_bars(chart)
    assert {"4", "5", "3", "< 5", "Eau", "2027"} <= set(words_of(svg))
    assert "<pattern" in svg


def test_now_and_later_differ_by_shape_and_are_explained() -> None:
    chart = Dumbbells("c", "Couverture", "", ((HOSTILE, 3, 1),), "aujourd’hui", "en 2031", "personnes")
    assert {"aujourd’hui", "en 2031", "personnes", HOSTILE} <= set(words_of(draw_dumbbells(chart)))


def test_a_trend_says_where_it_begins_and_ends() -> None:
    chart = Trend("t", "Tendance", "", ("2024", "2025", "2026"), (("Personnes", (1, 9, 4)),))
    words = words_of(draw_trend(chart))
    assert "1" in words
    assert "4" in words
    assert "9" not in words


def test_a_long_name_is_shortened_in_the_drawing() -> None:
    chart = Dumbbells("c", "t", "", (("a" * 400, 1, 0),), "n", "l", "x")
    assert max(map(len, words_of(draw_dumbbells(chart)))) <= 40


def test_the_same_chart_is_drawn_once() -> None:
    assert draw_heat_map(MAP) is draw_heat_map(MAP)


def test_the_library_loads_when_something_is_drawn() -> None:
    script = "import sys, api.charts; sys.exit('matplotlib' in sys.modules)"
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", script], cwd=root, check=False, timeout=60).returncode == 0
