"""Metrics: what Prometheus reads; counts by route and intent, never by person."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from api.wiring import Service
from models.access import Viewer
from models.deliveries import count_deliveries
from recommender.answers import Answer
from recommender.service import AskOptions, Recommender

# Set by `releve serve` when several workers count together; prometheus-client itself reads it too.
SHARED_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
# In place of an intent, for what is asked while someone types.
DRAFT: Final = "draft"
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What one process counts; several processes put theirs in one folder."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "releve_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self.latency = Histogram(
            "releve_request_seconds", "Time to answer a request.", ("route",), buckets=_SECONDS, registry=self.registry
        )
        self.questions = Histogram(
            "releve_question_seconds", "Time to answer a question.", ("intent",), buckets=_SECONDS,
            registry=self.registry,
        )  # fmt: skip
        self.suggestions = Counter(
            "releve_suggestions_shown", "People suggested in answers.", ("intent",), registry=self.registry
        )

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answered request."""
        self.requests.labels(method, route, str(status)).inc()
        self.latency.labels(route).observe(seconds)

    def count_answer(self, asked: str, answer: Answer) -> None:
        """Count an answered question, by intent, or as one being typed."""
        self.questions.labels(asked).observe(answer.took_ms / 1000)
        self.suggestions.labels(asked).inc(len(answer.experts))

    def render(self, service: Service) -> bytes:
        """Return everything in the text format of Prometheus; the state of the store is read now."""
        own = self.registry
        if SHARED_FOLDER in os.environ:
            own = CollectorRegistry()
            MultiProcessCollector(own)  # type: ignore[no-untyped-call]
        state = CollectorRegistry()
        state.register(StateCollector(service))
        return generate_latest(own) + generate_latest(state)


class StateCollector(Collector):
    """Reads the state of store, index and deliveries when Prometheus asks."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def describe(self) -> list[Metric]:
        """Promise nothing, so that registering reads nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield what is true now, in this process."""
        state = self.service.index_state()
        with self.service.store.read() as session:
            pending, failed = count_deliveries(session)
        values = (
            ("releve_store_revision", "Revision of the store.", state.store_revision),
            ("releve_index_revision", "Revision that the index follows.", state.index_revision),
            ("releve_index_lag", "Changes of the store that the index does not show yet.", state.lag),
            ("releve_index_ready", "1 when the index serves.", int(not state.problem)),
            ("releve_passages", "Passages in the index.", state.passages),
            ("releve_deliveries_pending", "Webhook deliveries to send or to send again.", pending),
            ("releve_deliveries_failed", "Webhook deliveries given up.", failed),
        )
        for name, help_text, value in values:
            yield GaugeMetricFamily(name, help_text, value=value)


class CountedRecommender(Recommender):
    """A Recommender whose answers are counted."""

    on_answer: Callable[[str, Answer], None]

    def find_experts(self, question: str, viewer: Viewer, options: AskOptions | None = None) -> Answer:
        """Return what the Recommender answers, counted."""
        answer = super().find_experts(question, viewer, options)
        self.on_answer((options or AskOptions()).intent.value, answer)
        return answer

    def suggest(self, draft: str, viewer: Viewer, options: AskOptions | None = None) -> Answer:
        """Return what the Recommender answers to a draft, counted apart: it is asked at every pause."""
        answer = super().suggest(draft, viewer, options)
        self.on_answer(DRAFT, answer)
        return answer


def counted_recommender(metrics: Metrics) -> Callable[..., Recommender]:
    """Return what makes Recommenders whose answers these metrics count."""

    def make(*arguments: object, **named: object) -> Recommender:
        recommender = CountedRecommender(*arguments, **named)  # type: ignore[arg-type]
        recommender.on_answer = metrics.count_answer
        return recommender

    return make
