"""How Relève answers under load: questions being typed arrive at fixed times, whether or not earlier ones are answered.

Latency counts from the planned arrival, so that a slow answer does not delay the next question and hide the queue
behind it (coordinated omission). Usage: python -m evaluation.load THREADS.jsonl[.gz] --url http://127.0.0.1:8000, or
--home FOLDER --workers 2 to start the server too.

Source: Schroeder, Wierman and Harchol-Balter, "Open Versus Closed: A Cautionary Tale", NSDI 2006.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from typing import Final

import httpx
from rich.console import Console
from rich.table import Table

from evaluation.speed import read_titles

# Someone who types pauses after about these shares of the words of a question.
PAUSES: Final = (0.3, 0.6, 1.0)
SUGGEST: Final = "/v1/suggest"
SUGGESTED: Final = 3
SEED: Final = 20261121
WARM_UP: Final = 30
_START_WAIT_S: Final = 120.0
_ANSWER_WAIT_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Which drafts arrive when."""

    drafts: Sequence[str]
    arrivals_s: Sequence[float]
    """Seconds after the start, ascending."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one request."""

    latency_ms: float
    """From the planned arrival to the last byte."""
    status: int
    """Of HTTP; 0 when no answer came."""


@dataclass(frozen=True, slots=True)
class LoadReport:
    """The whole run."""

    requests: int
    seconds: float
    answered_per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    errors: Mapping[str, int]
    """How many requests ended with each status other than 200."""


def cut_drafts(titles: Sequence[str]) -> list[str]:
    """Return each title as it stands at the pauses of someone typing it."""
    drafts: dict[str, None] = {}
    for title in titles:
        words = title.split()
        for pause in PAUSES:
            drafts[" ".join(words[: max(round(pause * len(words)), 1)])] = None
    return [draft for draft in drafts if draft]


def make_plan(titles: Sequence[str], rate: float, seconds: float, seed: int = SEED) -> Plan:
    """Return drafts in random order that arrive independently of each other (a Poisson process)."""
    chance = random.Random(seed)  # noqa: S311 - a load, not a secret
    drafts = cut_drafts(titles)
    chance.shuffle(drafts)
    arrivals: list[float] = []
    arrival = chance.expovariate(rate)
    while arrival < seconds:
        arrivals.append(arrival)
        arrival += chance.expovariate(rate)
    return Plan([draft for draft, _ in zip(cycle(drafts), arrivals, strict=False)], arrivals)


def make_body(path: str, draft: str) -> dict[str, str | int]:
    """Return what an endpoint takes."""
    return {"draft" if path == SUGGEST else "query": draft, "lang": "en", "top": SUGGESTED}


async def run_load(url: str, path: str, plan: Plan) -> tuple[list[Outcome], float]:
    """Send every request at its time, and return what became of each and how many seconds it all took."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=64)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=_ANSWER_WAIT_S) as client:
        for draft in plan.drafts[:WARM_UP]:
            await client.post(path, json=make_body(path, draft))
        started = time.perf_counter()

        async def ask(draft: str, arrival: float) -> Outcome:
            await asyncio.sleep(max(started + arrival - time.perf_counter(), 0.0))
            try:
                status = (await client.post(path, json=make_body(path, draft))).status_code
            except httpx.HTTPError:
                status = 0
            return Outcome((time.perf_counter() - started - arrival) * 1000, status)

        pairs = zip(plan.drafts, plan.arrivals_s, strict=True)
        outcomes = await asyncio.gather(*(ask(draft, arrival) for draft, arrival in pairs))
        return outcomes, time.perf_counter() - started


def summarise(outcomes: Sequence[Outcome], seconds: float) -> LoadReport:
    """Return the figures of a run; errors count in the latencies as long as they took."""
    latencies = sorted(outcome.latency_ms for outcome in outcomes)
    answered = sum(outcome.status == 200 for outcome in outcomes)
    failed = Counter(str(outcome.status) for outcome in outcomes if outcome.status != 200)
    p50, p95, p99 = (percentile(latencies, share) for share in (0.5, 0.95, 0.99))
    return LoadReport(
        len(outcomes), seconds, answered / seconds, p50, p95, p99, percentile(latencies, 1.0), dict(failed)
    )


def percentile(ascending: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of the values do not exceed (nearest rank)."""
    if not ascending:
        return 0.0
    rank = -int(-share * len(ascending) // 1)  # rounded up
    return ascending[max(rank, 1) - 1]


@contextmanager
def serving(home: Path, workers: int) -> Iterator[str]:
    """Run a server over a store for the length of a block, and give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "api.cli.main", "serve", "--port", str(port)]
    if workers > 1:
        command += ["--workers", str(workers)]
    environment = {**os.environ, "RELEVE_HOME": str(home)}
    process = subprocess.Popen(  # noqa: S603 - our own
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_ready(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=_ANSWER_WAIT_S)


def wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server that was started answers."""
    until = time.monotonic() + _START_WAIT_S
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{url}/readyz", timeout=_ANSWER_WAIT_S).is_success:
                return
        except httpx.TransportError:
            pass  # it is not listening yet
        time.sleep(0.2)
    sys.exit(f"the server did not start at {url}; try: releve serve")


def show(report: LoadReport, title: str) -> None:
    """Print a report as a table, then as JSON on one line."""
    table = Table(title=title, box=None)
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in asdict(report).items():
        table.add_row(name, f"{value:.1f}" if isinstance(value, float) else str(value or 0))
    Console().print(table)
    sys.stdout.write(json.dumps(asdict(report)) + "\n")


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.load", description=__doc__)
    parser.add_argument("threads", type=Path, help="questions whose titles are typed: a file of threads")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--url", help="a server that runs")
    where.add_argument("--home", type=Path, help="a store to serve for the run (RELEVE_HOME)")
    parser.add_argument("--workers", type=int, default=1, help="processes of the server started over --home")
    parser.add_argument("--path", default=SUGGEST, choices=[SUGGEST, "/v1/experts/search"])
    parser.add_argument("--rate", type=float, default=20.0, help="questions a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    return parser.parse_args(arguments)


def main() -> None:
    """Run the load and print the report."""
    options = parse()
    plan = make_plan(read_titles(options.threads), options.rate, options.seconds)
    if options.url:
        outcomes, seconds = asyncio.run(run_load(options.url, options.path, plan))
    else:
        with serving(options.home, options.workers) as url:
            outcomes, seconds = asyncio.run(run_load(url, options.path, plan))
    show(summarise(outcomes, seconds), f"{options.path}, {options.rate:g} a second for {options.seconds:g} s")


if __name__ == "__main__":
    main()
