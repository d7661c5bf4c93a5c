"""The load: planned arrivals, latencies from them, and a server too slow for its questions."""

from __future__ import annotations

import asyncio
import json

import pytest

from evaluation.load import Outcome, Plan, cut_drafts, make_body, make_plan, percentile, run_load, summarise


def test_a_title_is_typed_with_pauses() -> None:
    assert cut_drafts(["a b c d e f g h i j", "pompe"]) == ["a b c", "a b c d e f", "a b c d e f g h i j", "pompe"]


def test_arrivals_are_fixed_in_advance_and_keep_the_rate() -> None:
    plan = make_plan(["une question", "une autre"], rate=50, seconds=40)
    assert plan == make_plan(["une question", "une autre"], rate=50, seconds=40)
    assert list(plan.arrivals_s) == sorted(plan.arrivals_s)
    assert len(plan.drafts) == len(plan.arrivals_s)
    # 2,000 are expected, with a standard deviation of 45.
    assert len(plan.arrivals_s) == pytest.approx(2000, abs=180)
    assert plan.arrivals_s[-1] < 40


@pytest.mark.parametrize(("share", "value"), [(0.5, 2.0), (0.75, 3.0), (0.76, 4.0), (1.0, 4.0)])
def test_a_percentile_is_the_smallest_value_that_covers_the_share(share: float, value: float) -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], share) == value


def test_errors_are_counted_by_status_and_are_not_answers() -> None:
    report = summarise([Outcome(10, 200), Outcome(20, 503), Outcome(30, 0), Outcome(40, 200)], seconds=2)
    assert (report.requests, report.answered_per_second, dict(report.errors)) == (4, 1.0, {"503": 1, "0": 1})
    assert (report.p50_ms, report.p95_ms, report.max_ms) == (20, 40, 40)


def test_each_endpoint_gets_its_own_words() -> None:
    assert make_body("/v1/suggest", "pom") == {"draft": "pom", "lang": "en", "top": 3}
    assert make_body("/v1/experts/search", "pom") == {"query": "pom", "lang": "en", "top": 3}


@pytest.mark.enable_socket
def test_waiting_behind_others_counts_in_the_latency() -> None:
    """Four questions at once, to a server that answers one after the other in 50 ms each."""

    async def measure() -> list[Outcome]:
        turn = asyncio.Lock()

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
            assert "draft" in json.loads(await reader.readexactly(int(length.split(b":")[1])))
            async with turn:
                await asyncio.sleep(0.05)
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
            await writer.drain()
            writer.close()

        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            plan = Plan(["a", "b", "c", "d"], [0.0] * 4)
            return (await run_load(f"http://127.0.0.1:{port}", "/v1/suggest", plan))[0]

    latencies = sorted(outcome.latency_ms for outcome in asyncio.run(measure()))
    assert latencies[0] >= 50
    assert latencies[3] >= 200
