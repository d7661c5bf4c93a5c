"""Plots of a report as SVG to put into a page: text stays text, and ink follows the page, dark or light."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from evaluation.report import Report
from evaluation.svg import INK, Sketch, draw_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW: Final = 0.28
_PANELS_A_ROW: Final = 3
_ACCENT: Final = "#d55e00"
# Okabe and Ito's colours that are read on white and on black, with a shape each, so that colour alone says nothing.
_COLOURS: Final = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#b58900", "#56b4e9", "#7f7f7f", "#9467bd")
_SHAPES: Final = "osD^v<>PX*"


def plot_accuracy(report: Report) -> str:
    """Return every measure of every system, with the interval of each."""
    measures = report.measures
    columns = min(_PANELS_A_ROW, len(measures))
    rows = -(-len(measures) // columns)

    def draw(figure: Figure) -> None:
        panels = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
        for panel, measure in zip(panels, measures, strict=False):
            _draw_measure(panel, report, measure)
        for panel in panels[len(measures) :]:
            panel.set_visible(False)

    return _draw("accuracy", "Each measure of each system", rows * (len(report.systems) * _ROW + 0.6), draw)


def plot_differences(report: Report) -> str:
    """Return how far the compared system is from each other one, by the first measure, with intervals."""
    measure = report.measures[0]
    shown = [comparison for comparison in report.comparisons if comparison.measure == measure]

    def draw(figure: Figure) -> None:
        panel = figure.subplots()
        for place, comparison in enumerate(reversed(shown)):
            panel.plot([comparison.low, comparison.high], [place, place], color=_ACCENT)
            panel.plot(comparison.difference, place, marker="o", color=_ACCENT)
        panel.axvline(0, color=INK, linewidth=0.8)
        panel.set_yticks(range(len(shown)), [comparison.other for comparison in reversed(shown)])
        panel.set_xlabel(f"{measure}: {report.compared} minus the other")

    title = f"{report.compared} against each other system, {measure}"
    return _draw("differences", title, len(shown) * _ROW + 0.8, draw)


def plot_slices(report: Report) -> str:
    """Return the first measure over each slice of the queries."""
    measure = report.measures[0]
    rows = [
        (f"{name}: {value} ({part.queries})", part.systems)
        for name, values in report.slices.items()
        for value, part in values.items()
    ][::-1]

    def draw(figure: Figure) -> None:
        panel = figure.subplots()
        for number, system in enumerate(report.systems):
            values = [systems[system][measure] for _, systems in rows]
            panel.plot(values, range(len(rows)), linestyle="", label=system, **_mark(number))
        panel.set_yticks(range(len(rows)), [label for label, _ in rows])
        panel.set_xlabel(measure)
        panel.grid(visible=True, axis="y", linewidth=0.3, color=INK, alpha=0.3)
        _legend(figure, panel)

    return _draw("slices", f"{measure} by slice of the queries", len(rows) * _ROW + 1.6, draw)


def plot_exposure(report: Report) -> str:
    """Return accuracy against how concentrated the recommendations are."""
    measure = report.measures[0]

    def draw(figure: Figure) -> None:
        panel = figure.subplots()
        for number, (system, exposure) in enumerate(report.exposure.items()):
            value = report.systems[system][measure]
            panel.plot(exposure.top_ten_share, value, linestyle="", label=system, **_mark(number))
        panel.set_xlabel("share of recommendations to the ten most recommended people")
        panel.set_ylabel(measure)
        _legend(figure, panel)

    return _draw("exposure", f"{measure} against concentration: high and left is better", 3.6, draw)


def plot_latency(report: Report) -> str:
    """Return the median latency of each system, and a whisker up to its 95th percentile."""
    found = list(report.latency_ms.items())[::-1]

    def draw(figure: Figure) -> None:
        panel = figure.subplots()
        for place, (_, latency) in enumerate(found):
            panel.plot([latency.median, latency.p95], [place, place], color=_ACCENT)
            panel.plot(latency.median, place, marker="o", color=_ACCENT)
        panel.set_yticks(range(len(found)), [system for system, _ in found])
        _log_scale(panel)
        panel.set_xlabel("milliseconds a question: median, and up to the 95th percentile")

    return _draw("latency", "Latency of each system", len(found) * _ROW + 0.8, draw)


def _draw_measure(panel: Axes, report: Report, measure: str) -> None:
    systems = list(report.systems)[::-1]
    for place, system in enumerate(systems):
        colour = _ACCENT if system == report.compared else INK
        if interval := report.intervals[system].get(measure):
            panel.plot(interval, [place, place], color=colour)
        panel.plot(report.systems[system][measure], place, marker="o", color=colour)
    panel.set_yticks(range(len(systems)), systems)
    panel.set_title(measure, fontsize="medium")


def _log_scale(panel: Axes) -> None:
    from matplotlib.ticker import LogFormatter

    panel.set_xscale("log")
    panel.xaxis.set_major_formatter(LogFormatter())
    panel.xaxis.set_minor_formatter(LogFormatter(minor_thresholds=(2, 0.5)))


def _mark(number: int) -> dict[str, Any]:
    return {"marker": _SHAPES[number % len(_SHAPES)], "color": _COLOURS[number % len(_COLOURS)], "markersize": 7}


def _legend(figure: Figure, panel: Axes) -> None:
    handles, labels = panel.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)


def _draw(name: str, title: str, height: float, draw: Callable[[Figure], None]) -> str:
    """Return a drawing as the <svg> element of a page."""
    return draw_svg(Sketch(name, title, height=height), draw)


Plot = Callable[[Report], str]


def plots_of(report: Report) -> Sequence[tuple[str, Plot]]:
    """Return the plots for which the report has something to show, by the name of their section."""
    shown: list[tuple[str, Plot, bool]] = [
        ("accuracy", plot_accuracy, True),
        ("comparisons", plot_differences, bool(report.comparisons)),
        ("slices", plot_slices, bool(report.slices)),
        ("exposure", plot_exposure, True),
        ("latency", plot_latency, bool(report.latency_ms)),
    ]
    return [(name, plot) for name, plot, wanted in shown if wanted]
