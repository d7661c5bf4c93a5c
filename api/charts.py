"""Charts of the pages: a map of risks, departures by year, coverage now and later, and a trend, each as SVG.

A chart is what its arguments say and nothing else, so that each is kept by its content. Colours are the page's own
properties and never speak alone; the page puts a table with the same figures behind each.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from evaluation.svg import INK, WIDTH, Sketch, draw_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# As many as a busy server shows in an hour; a chart is some tens of kilobytes.
_KEPT: Final = 256
_SMALL, _USUAL = 9.5, 10.5
_LONGEST_LABEL: Final = 40
_WIDE_COLUMNS: Final = 4
"""More have their names aslant."""
_ROW: Final = 0.34
"""Inches."""


class Tone(StrEnum):
    """How grave something is, with a shape each."""

    LOST = "lost"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


SHAPES: Final = {Tone.LOST: "✕", Tone.HIGH: "▲", Tone.MEDIUM: "◆", Tone.LOW: "●"}
_MARKERS: Final = {Tone.LOST: "X", Tone.HIGH: "^", Tone.MEDIUM: "D", Tone.LOW: "o"}
_FILLS: Final = {tone: f"#0102{number:02x}" for number, tone in enumerate(Tone, start=16)}
_INKS: Final = {tone: f"#0102{number:02x}" for number, tone in enumerate(Tone, start=32)}
_BAR, _QUIET, _LINE = "#010204", "#010205", "#010206"
# The properties are in static/releve.css, for light, dark and paper.
_COLOURS: Final = {
    **{colour: f"var(--tone-{tone})" for tone, colour in _FILLS.items()},
    **{colour: f"var(--on-tone-{tone})" for tone, colour in _INKS.items()},
    _BAR: "var(--accent)",
    _QUIET: "var(--edge)",
    _LINE: "var(--line)",
}


@dataclass(frozen=True, slots=True)
class Square:
    """One place of a map."""

    tone: Tone
    text: str


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Squares by row and column; where there is none, nothing is known."""

    name: str
    title: str
    description: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    squares: tuple[tuple[Square | None, ...], ...]
    legend: tuple[tuple[Tone, str], ...]


@dataclass(frozen=True, slots=True)
class YearBars:
    """How many a year: in all, and a row for each group; None where it is not told how many."""

    name: str
    title: str
    description: str
    years: tuple[str, ...]
    total: tuple[int, ...]
    """Empty where it is not told."""
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]
    too_few: str
    """What stands where no number is told."""


@dataclass(frozen=True, slots=True)
class Dumbbells:
    """A count now and later, a row each."""

    name: str
    title: str
    description: str
    rows: tuple[tuple[str, int, int], ...]
    now: str
    later: str
    axis: str


@dataclass(frozen=True, slots=True)
class Trend:
    """Two counts over time, one above the other."""

    name: str
    title: str
    description: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[int, ...]], ...]


@lru_cache(_KEPT)
def draw_heat_map(chart: HeatMap) -> Markup:
    """Return a map whose squares have a colour, a shape and a text each."""
    narrow = len(chart.columns) > _WIDE_COLUMNS
    widest = 3.6 + (0.6 if narrow else 1.1) * len(chart.columns)

    def draw(figure: Figure) -> None:
        panel = figure.subplots()
        _draw_squares(panel, chart.squares)
        _name_rows(panel, chart.rows)
        labels = [_wrapped(name, 22 if narrow else 16) for name in chart.columns]
        panel.set_xticks(range(len(labels)), labels, fontsize=_SMALL, rotation=50 if narrow else 0)
        panel.xaxis.tick_top()
        for label in panel.get_xticklabels() if narrow else ():
            label.set(horizontalalignment="left", rotation_mode="anchor")
        panel.set_xlim(-0.5, len(chart.columns) - 0.5)
        panel.tick_params(length=0)
        panel.spines[:].set_visible(False)
        _explain(figure, chart.legend)

    heading = 1.5 if narrow else 0.6
    height = len(chart.rows) * _ROW + heading + 0.55
    return _draw(chart, height, draw, min(WIDTH, widest))


def _draw_squares(panel: Axes, squares: tuple[tuple[Square | None, ...], ...]) -> None:
    """Draw the squares of a tone at once: one by one they take most of the time of a large map."""
    places: dict[Tone | None, list[tuple[int, int, str]]] = {}
    for row, found in enumerate(squares):
        for column, square in enumerate(found):
            tone, text = (None, "") if square is None else (square.tone, square.text)
            places.setdefault(tone, []).append((column, row, text))
    for tone, at in places.items():
        _draw_boxes(panel, tone, [(column, row) for column, row, _ in at])
        if tone is None:
            continue
        xs, ys = [column - 0.14 for column, _, _ in at], [row for _, row, _ in at]
        panel.scatter(xs, ys, s=34, marker=_MARKERS[tone], color=_INKS[tone]).set_in_layout(False)
        for column, row, text in at:
            said = panel.text(column + 0.04, row, text, color=_INKS[tone], va="center_baseline", fontsize=_USUAL)
            said.set_in_layout(False)


def _draw_boxes(panel: Axes, tone: Tone | None, places: list[tuple[int, int]]) -> None:
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import FancyBboxPatch

    boxes = [
        FancyBboxPatch((x - 0.44, y - 0.4), 0.88, 0.8, boxstyle="round,pad=0,rounding_size=0.12") for x, y in places
    ]
    fill, edge = ("none", _LINE) if tone is None else (_FILLS[tone], _FILLS[tone])
    panel.add_collection(PatchCollection(boxes, facecolor=fill, edgecolor=edge, linewidth=0.8)).set_in_layout(False)


def _explain(figure: Figure, legend: tuple[tuple[Tone, str], ...]) -> None:
    from matplotlib.lines import Line2D

    marks = [
        Line2D([], [], linestyle="", marker=_MARKERS[tone], markersize=8, markerfacecolor=_FILLS[tone], color=INK)
        for tone, _ in legend
    ]
    words = [word for _, word in legend]
    figure.legend(marks, words, loc="outside lower center", ncols=4, frameon=False, fontsize=_SMALL)


@lru_cache(_KEPT)
def draw_year_bars(chart: YearBars) -> Markup:
    """Return bars by year for all, and under them a row for each group whose squares say how many."""
    ratios = ([1.1] if chart.total else []) + ([len(chart.rows) * 0.3] if chart.rows else [])

    def draw(figure: Figure) -> None:
        panels = list(figure.subplots(len(ratios), 1, squeeze=False, sharex=True, height_ratios=ratios).ravel())
        if chart.total:
            _draw_bars(panels[0], chart.total)
        if chart.rows:
            _draw_counts(panels[-1], chart)
        step = -(-len(chart.years) // 16)
        panels[-1].set_xticks(range(0, len(chart.years), step), chart.years[::step], fontsize=_SMALL)
        panels[-1].set_xlim(-0.6, len(chart.years) - 0.4)

    return _draw(chart, sum(ratios) + 0.45, draw)


def _draw_bars(panel: Axes, counts: tuple[int, ...]) -> None:
    panel.bar(range(len(counts)), counts, 0.72, color=_BAR)
    for place, count in enumerate(counts):
        if count:
            panel.text(place, count, str(count), ha="center", va="bottom", fontsize=_SMALL)
    panel.set_ylim(0, max(*counts, 1) * 1.25)
    panel.set_yticks([])
    panel.spines["left"].set_visible(False)
    panel.tick_params(axis="x", length=0)


def _draw_counts(panel: Axes, chart: YearBars) -> None:
    for row, (_, counts) in enumerate(chart.rows):
        for place, count in enumerate(counts):
            if count is None:
                panel.bar(place, 0.7, 0.72, row - 0.35, facecolor="none", edgecolor=_QUIET, hatch="////", linewidth=0.8)
            elif count:
                panel.bar(place, 0.7, 0.72, row - 0.35, color=_FILLS[Tone.LOW])
            said = chart.too_few if count is None else str(count or "")
            ink = INK if count is None else _INKS[Tone.LOW]
            panel.text(place, row, said, ha="center", va="center", fontsize=_SMALL, color=ink)
    _name_rows(panel, tuple(label for label, _ in chart.rows))
    panel.tick_params(length=0)
    panel.spines[:].set_visible(False)


@lru_cache(_KEPT)
def draw_dumbbells(chart: Dumbbells) -> Markup:
    """Return a line from later to now for each row: a full point now, a hollow one later."""
    from matplotlib.ticker import MaxNLocator

    def draw(figure: Figure) -> None:
        panel = figure.subplots()
        for row, (_, now, later) in enumerate(chart.rows):
            panel.plot([later, now], [row, row], color=_QUIET, linewidth=2, zorder=1)
            told = chart.now if not row else None
            panel.plot(now, row, marker="o", markersize=8, color=_BAR, linestyle="", label=told, zorder=3)
            told = chart.later if not row else None
            hollow: dict[str, Any] = {"markerfacecolor": "none", "markeredgecolor": INK, "markeredgewidth": 1.6}
            panel.plot(later, row, marker="D", markersize=11, linestyle="", label=told, zorder=2, **hollow)
        _name_rows(panel, tuple(label for label, _, _ in chart.rows))
        panel.set_xlim(left=-0.4)
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        panel.grid(visible=True, axis="both", linewidth=0.6, color=_LINE)
        panel.set_axisbelow(True)
        panel.tick_params(length=0)
        panel.spines[:].set_visible(False)
        panel.set_xlabel(chart.axis, fontsize=_SMALL)
        figure.legend(loc="outside upper right", ncols=2, frameon=False, fontsize=_SMALL)

    return _draw(chart, len(chart.rows) * 0.3 + 1.0, draw)


@lru_cache(_KEPT)
def draw_trend(chart: Trend) -> Markup:
    """Return a line for each series over the same times, each with its first and last number."""

    def draw(figure: Figure) -> None:
        panels = figure.subplots(len(chart.series), 1, squeeze=False, sharex=True).ravel()
        for panel, (label, values) in zip(panels, chart.series, strict=True):
            panel.plot(range(len(values)), values, color=_BAR, marker="o", markersize=4, linewidth=1.8)
            for place in {0, len(values) - 1}:
                told = {"textcoords": "offset points", "xytext": (0, 6), "ha": "center", "fontsize": _SMALL}
                panel.annotate(str(values[place]), (place, values[place]), **told)
            panel.set_ylim(0, max(*values, 1) * 1.5)
            panel.set_yticks([])
            panel.spines["left"].set_visible(False)
            panel.tick_params(axis="x", length=0)
            panel.set_title(_shortened(label, 70), loc="left", fontsize=_USUAL)
        step = -(-len(chart.labels) // 6)
        panels[-1].set_xticks(range(0, len(chart.labels), step), chart.labels[::step], fontsize=_SMALL)
        panels[-1].set_xlim(-0.4, len(chart.labels) - 0.6)

    return _draw(chart, len(chart.series) * 1.05 + 0.3, draw, width=6.0)


def _name_rows(panel: Axes, labels: tuple[str, ...]) -> None:
    panel.set_yticks(range(len(labels)), [_shortened(label, _LONGEST_LABEL) for label in labels], fontsize=_USUAL)
    panel.set_ylim(len(labels) - 0.5, -0.5)


def _draw(
    chart: HeatMap | YearBars | Dumbbells | Trend, height: float, draw: Callable[[Figure], None], width: float = WIDTH
) -> Markup:
    sketch = Sketch(chart.name, chart.title, chart.description, height, width, _COLOURS)
    return Markup(draw_svg(sketch, draw))  # noqa: S704 - written by evaluation.svg, which escapes every label


def _shortened(label: str, longest: int) -> str:
    return label if len(label) <= longest else label[: longest - 1].rstrip() + "…"


def _wrapped(label: str, width: int) -> str:
    return "\n".join(textwrap.wrap(_shortened(label, width * 2), width, break_long_words=True)) or label
