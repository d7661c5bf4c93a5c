"""Measures of a run against judgements, named and computed by ir_measures."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import ir_measures
from ir_measures import Measure

from evaluation.experiment import Qrels, Run
from evaluation.trec_files import rankings
from models.errors import InvalidInputError

DEFAULT_MEASURES: Final = ("RR", "P@1", "P@5", "nDCG@10", "R@10", "AP")
"""As ir_measures names them: RR is the reciprocal rank (MRR), AP the average precision (MAP)."""

ByQuery = Mapping[str, float]
"""Query id -> value of a measure."""

_NAME: Final = re.compile(r"(?P<name>\w+)\s*(?P<arguments>\(.*\))?\s*(@\s*(?P<cutoff>\d+))?")


def parse_measures(names: Iterable[str]) -> list[Measure]:
    """Return the measures of these names, each once, in this order; those of DEFAULT_MEASURES when there are none.

    Raises:
        InvalidInputError: ir_measures has no such measure, or cannot compute it here.
    """
    found: dict[str, Measure] = {}
    for name in [*names] or DEFAULT_MEASURES:
        measure = parse_measure(name)
        found.setdefault(str(measure), measure)
    return list(found.values())


def parse_measure(name: str) -> Measure:
    """Return a measure by the name ir_measures gives it, such as nDCG@10 or P(rel=2)@5.

    Read here because the reader of ir_measures 0.4.3 uses parts of `ast` that Python 3.14 no longer has.
    """
    matched = _NAME.fullmatch(name.strip())
    kind = ir_measures.measures.registry.get(matched["name"]) if matched else None
    if matched is None or kind is None:
        message = f"No measure named '{name}'; name it as ir_measures does, such as {', '.join(DEFAULT_MEASURES)}."
        raise InvalidInputError(message)
    try:
        arguments = _arguments(matched["arguments"] or "()")
        if matched["cutoff"]:
            arguments[kind.AT_PARAM] = int(matched["cutoff"])
        measure: Measure = kind(**arguments)
        ir_measures.evaluator([measure], {"query": {"candidate": 1}})
    except (AssertionError, AttributeError, KeyError, SyntaxError, TypeError, ValueError) as error:
        message = f"The measure '{name}' cannot be computed: {error or 'its parameters do not fit'}; choose another."
        raise InvalidInputError(message) from error
    return measure


def measure_queries(measures: Sequence[Measure], qrels: Qrels, run: Run) -> dict[str, ByQuery]:
    """Return what each query of the judgements has, by the name of the measure.

    A query of the judgements that the run does not answer has the measure's value for nothing found, 0 as a rule.
    """
    judged = {query_id: dict(grades) for query_id, grades in qrels.items() if grades}
    ranked = {query_id: scores for query_id, scores in rankings(run).items() if scores and query_id in judged}
    values: dict[str, dict[str, float]] = {str(measure): {} for measure in measures}
    for metric in ir_measures.iter_calc(measures, judged, ranked):
        values[str(metric.measure)][metric.query_id] = float(metric.value)
    # Accuracy, alone, has no value for a query without relevant candidates; here that counts 0 as everywhere.
    return {name: {query_id: by_query.get(query_id, 0.0) for query_id in judged} for name, by_query in values.items()}


def summarise(measure: Measure, values: Iterable[float]) -> float:
    """Return one figure for many queries as ir_measures does: their mean; for counts, such as NumRet, their sum."""
    total = measure.aggregator()
    for value in values:
        total.add(value)
    return float(total.result())


def is_mean(measure: Measure) -> bool:
    """Return whether the measure's figure is the mean over queries, which comparisons need."""
    return isinstance(measure.aggregator(), ir_measures.MeanAgg)


def _arguments(text: str) -> dict[str, Any]:
    """Return the keyword arguments in parentheses, literals only."""
    call = ast.parse(f"_{text}", mode="eval").body
    if not isinstance(call, ast.Call) or call.args:
        message = "its parameters must be named"
        raise ValueError(message)
    return {str(given.arg): ast.literal_eval(given.value) for given in call.keywords}
