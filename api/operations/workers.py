"""Workers: one or several processes that serve, sharing the port, the index generation and the metrics."""

from __future__ import annotations

import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import parent_process
from typing import Final

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from api.app import create_app
from api.operations.background import run_beside
from api.operations.logs import configure_logging
from api.operations.metrics import SHARED_FOLDER
from api.settings import Settings
from api.wiring import open_service

# How long requests in flight may take after SIGTERM.
GRACE_S: Final = 30
# A worker that loads a large encoder on a busy machine is slow to say that it lives.
HEALTHCHECK_S: Final = 60
# How many threads FAISS and NumPy's linear algebra take.
SUM_THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Listening:
    """Where to listen, and with how many processes."""

    host: str
    port: int
    workers: int = 1


def make_worker_app() -> FastAPI:
    """Return the application of one worker, in its own process, with its own connections."""
    configure_logging(sys.stderr)
    stop_with_parent()
    settings = Settings()
    return create_app(lambda: open_service(settings), settings, beside=run_beside)


def run_workers(listening: Listening) -> None:
    """Serve until SIGTERM or SIGINT, then let requests in flight end."""
    configure_logging(sys.stderr)
    config = uvicorn.Config(
        "api.operations.workers:make_worker_app",
        factory=True,
        host=listening.host,
        port=listening.port,
        workers=listening.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        # The peer is what decides whether a proxy is trusted, so nothing that it says may take its place.
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_S,
        timeout_worker_healthcheck=HEALTHCHECK_S,
    )
    if listening.workers == 1:
        run_one(config)
        return
    share_cores()
    with shared_metrics(), ignoring_ends():
        listening_socket = config.bind_socket()
        # asyncio sets this only on sockets that state their protocol, which uvicorn's do not; without it every answer
        # waits 40 ms for the acknowledgement of its headers. Accepted sockets inherit it.
        listening_socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        Multiprocess(config, sockets=[listening_socket]).run()


def share_cores() -> None:
    """Give each worker one thread for its sums, unless something else was set; read when a worker imports NumPy.

    Several workers use the cores already. A scan for one question runs on one thread anyway, and the threads that wait
    for it would take turns from the other workers.
    """
    for name in SUM_THREADS:
        os.environ.setdefault(name, "1")


def run_one(config: uvicorn.Config) -> None:
    """Serve in this process; exit code 0 when asked to stop, 1 when it could not start."""
    server = uvicorn.Server(config)
    with ignoring_ends():
        server.run()
    if not server.started:
        sys.exit(1)


def stop_with_parent() -> None:
    """Stop this worker in order when the process that started it is killed; nobody else would."""
    parent = parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()


@contextmanager
def ignoring_ends() -> Iterator[None]:
    """Let uvicorn raise again the signal that stopped it, to no effect: the stop was orderly."""
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def shared_metrics() -> Iterator[None]:
    """Give the workers one folder to count in, and remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="releve-metrics-") as folder:
        os.environ[SHARED_FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[SHARED_FOLDER]
