"""A real server of several workers: it answers, follows what is imported, survives kills and stops in order."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import httpx
import psutil
import pytest

from api.operations import workers
from tests.api.operations.serving import FOLLOWS_S, Server, serving, wait_for, write_practice

pytestmark = [pytest.mark.thorough, pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


def workers_of(server: Server) -> list[psutil.Process]:
    """Return the processes that answer: multiprocessing also starts one that only tracks resources."""
    children = psutil.Process(server.process.pid).children()
    children = [child for child in children if child.status() != psutil.STATUS_ZOMBIE]
    return [child for child in children if "resource_tracker" not in " ".join(child.cmdline())]


def test_two_workers_follow_imports_survive_a_kill_and_stop_in_order(tmp_path: Path) -> None:
    write_practice(tmp_path, "p1", "Guide de la pompe")
    with serving(tmp_path, "--workers", "2") as server:
        server.wait_until_ready()  # the follower made the first index
        assert server.ask("pompe") == ["Guide de la pompe"]

        write_practice(tmp_path, "p2", "Manuel du xylophone")
        wait_for(lambda: server.ask("xylophone") == ["Manuel du xylophone"], FOLLOWS_S, server.log)
        # Every worker follows: each new connection is taken by either.
        wait_for(lambda: all(server.ask("xylophone") for _ in range(8)), FOLLOWS_S, server.log)

        victim, *_ = workers_of(server)
        victim.kill()
        wait_for(lambda: len(workers_of(server)) == 2 and victim not in workers_of(server), FOLLOWS_S, server.log)
        assert server.ask("pompe")

        metrics = server.get("/metrics").text
        assert 'releve_question_seconds_count{intent="expertise"}' in metrics
        assert "releve_index_lag 0.0" in metrics

        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0
    assert not any(line.get("level") == "error" for line in server.logged())


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_request_in_flight_ends_properly_when_the_server_is_asked_to_stop(tmp_path: Path, workers: str) -> None:
    write_practice(tmp_path, "p1", "Guide de la pompe")
    with serving(tmp_path, "--workers", workers) as server:
        server.wait_until_ready()
        sent, answers = threading.Event(), []

        def body() -> object:
            # The body arrives in two pieces, with the signal between them: a request that is surely in flight.
            yield b'{"query": "pompe",'
            sent.set()
            threading.Event().wait(1.5)
            yield b' "top": 3}'

        def ask() -> None:
            headers = {"content-type": "application/json"}
            url = f"{server.address}/v1/experts/search"
            answers.append(httpx.post(url, content=body(), headers=headers, timeout=20, trust_env=False))

        thread = threading.Thread(target=ask)
        thread.start()
        assert sent.wait(10)
        threading.Event().wait(0.5)
        server.process.send_signal(signal.SIGTERM)
        thread.join(30)
        assert server.process.wait(60) == 0
    assert [answer.status_code for answer in answers] == [200]


def test_workers_stop_when_the_process_that_started_them_is_killed(tmp_path: Path) -> None:
    write_practice(tmp_path, "p1", "Guide de la pompe")
    with serving(tmp_path, "--workers", "2") as server:
        server.wait_until_ready()
        workers = workers_of(server)
        server.process.kill()
        server.process.wait(10)
        wait_for(lambda: not any(worker.is_running() for worker in workers), FOLLOWS_S, server.log)


def test_the_log_has_one_json_line_a_request_by_route_and_no_question(tmp_path: Path) -> None:
    write_practice(tmp_path, "p1", "Guide de la pompe")
    with serving(tmp_path) as server:
        server.wait_until_ready()
        server.ask("marqueur unique pompe")
        server.get("/v1/nothing/marqueur?q=marqueur")
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0
    requests = [line for line in server.logged() if line["event"] == "request"]
    asked = next(line for line in requests if line["status"] == 200)
    assert (asked["method"], asked["route"]) == ("POST", "/v1/experts/search")
    assert {"duration_ms", "timestamp", "level", "caller"} <= asked.keys()
    assert any(line["route"] == "unmatched" and line["status"] == 404 for line in requests)
    assert "marqueur" not in server.log.read_text(encoding="utf-8")


def test_several_workers_take_one_thread_each_unless_something_else_was_set(monkeypatch):
    monkeypatch.setattr(os, "environ", {"OPENBLAS_NUM_THREADS": "2"})

    workers.share_cores()

    assert os.environ == {"OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "1"}
