"""Real servers for tests: `releve serve` in a process of its own, on a free port of this machine."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from models.records import Contribution, DocumentKind, DocumentRecord, PersonRecord, Role
from models.store import Store
from models.writing import Writer

STARTS_S, FOLLOWS_S = 180, 90


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def write_practice(home: Path, name: str, title: str) -> None:
    """Store a practice by Lucien."""
    store = Store.create(home)
    by_lucien = (Contribution(person="lucien", role=Role.WROTE),)
    with store.write() as session:
        Writer(session, "t").write(
            [
                PersonRecord(id="lucien", name="Lucien Bois", unit="Eau"),
                DocumentRecord(id=name, kind=DocumentKind.PRACTICE, title=title, language="fr", people=by_lucien),
            ]
        )
    store.close()


class Server:
    """A running server and what it logged."""

    def __init__(self, process: subprocess.Popen[str], address: str, log: Path) -> None:
        self.process = process
        self.address = address
        self.log = log

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.address + path, timeout=20, trust_env=False)

    def ask(self, question: str) -> list[str]:
        body = {"query": question}
        response = httpx.post(f"{self.address}/v1/experts/search", json=body, timeout=20, trust_env=False)
        response.raise_for_status()
        return [evidence["title"] for expert in response.json()["experts"] for evidence in expert["evidence"]]

    def logged(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def wait_until_ready(self) -> None:
        def ready() -> bool:
            try:
                return self.get("/readyz").status_code == 200
            except httpx.TransportError:
                assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
                return False

        wait_for(ready, STARTS_S, self.log)


def wait_for(true: Any, seconds: float, log: Path) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
        time.sleep(0.1)


@contextmanager
def serving(home: Path, *arguments: str, settings: dict[str, str] | None = None) -> Iterator[Server]:
    """Serve an organisation until the end of a block."""
    port, log = free_port(), home / "log.jsonl"
    environment = {**os.environ, "RELEVE_HOME": str(home), "OMP_NUM_THREADS": "1", **(settings or {})}
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli.main", "serve", "--port", str(port), *arguments],
            env=environment, stderr=file, stdout=file, text=True,
        )  # fmt: skip
    try:
        yield Server(process, f"http://127.0.0.1:{port}", log)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(60)
