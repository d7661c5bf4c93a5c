"""A real receiver of webhooks on this machine, for tests."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Received:
    """One request that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What arrives, and what is answered: a status a path such as /500, or /redirect, /endless, /slow, /drip."""

    port: int
    received: list[Received] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/200") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


class ReceivingServer(ThreadingHTTPServer):
    """A server with its Receiver."""

    daemon_threads = True
    receiver: Receiver


class Answering(BaseHTTPRequestHandler):
    """Notes each request, then answers as its path says."""

    server: ReceivingServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.receiver.received.append(Received(self.path, headers, body))
        act = getattr(self, f"answer_{self.path.strip('/')}", None)
        if act is not None:
            act(self.server.receiver)
            return
        self.send_response(int(self.path.strip("/")))
        self.send_header("content-length", "4")
        self.end_headers()
        self.wfile.write(b"said")

    def answer_redirect(self, receiver: Receiver) -> None:
        self.send_response(302)
        self.send_header("location", receiver.url("/200"))
        self.end_headers()

    def answer_endless(self, receiver: Receiver) -> None:
        self.send_response(200)
        self.end_headers()
        while not receiver.stopping.is_set():
            self.wfile.write(b"x" * 65_536)

    def answer_slow(self, receiver: Receiver) -> None:
        receiver.stopping.wait(30)

    def answer_drip(self, receiver: Receiver) -> None:
        # A header that never ends: each byte comes before any timeout of a single read.
        self.wfile.write(b"HTTP/1.1 200 OK\r\nx-drip: ")
        while not receiver.stopping.is_set():
            self.wfile.write(b"x")
            time.sleep(0.05)

    def log_message(self, *_: object) -> None:
        pass

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:  # the sender cut the connection, which is the point
            self.close_connection = True


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Receive until the end of a block."""
    server = ReceivingServer(("127.0.0.1", 0), Answering)
    receiver = server.receiver = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()
