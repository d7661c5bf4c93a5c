"""Serves a mock forum on an address of its own, whose "new topic" page embeds the widget of a running Relève."""

from __future__ import annotations

import argparse
from contextlib import suppress
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template

HERE = Path(__file__).parent
PAGES = {"/": "forum.fr.html", "/en": "forum.en.html"}


def make_server(releve: str, token: str, port: int = 8100, theme: str = "auto") -> ThreadingHTTPServer:
    """Return the forum's server, not yet serving; port 0 takes a free one."""
    releve = releve.rstrip("/")
    # The strict policy of a careful host: two mentions of Relève, and no style-src for it.
    policy = f"default-src 'self'; script-src 'self' {releve}; connect-src 'self' {releve}"
    words = {"releve": escape(releve), "token": escape(token), "theme": escape(theme)}

    class Forum(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path in PAGES:
                page = Template((HERE / PAGES[path]).read_text(encoding="utf-8")).substitute(words)
                self.answer("text/html; charset=utf-8", page.encode())
            elif path == "/forum.css":
                self.answer("text/css; charset=utf-8", (HERE / "forum.css").read_bytes())
            elif path == "/favicon.ico":
                self.answer("image/x-icon", b"")
            else:
                self.send_error(404)

        def answer(self, kind: str, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing of each request."""

    return ThreadingHTTPServer(("127.0.0.1", port), Forum)


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--releve", default="http://127.0.0.1:8000", help="address of Relève (%(default)s)")
    parser.add_argument("--token", required=True, help="public token for http://localhost:PORT")
    parser.add_argument("--port", type=int, default=8100, help="port of the forum (%(default)s)")
    parser.add_argument("--theme", default="auto", choices=["auto", "light", "dark", "system"])
    given = parser.parse_args()
    print(f"http://localhost:{given.port}/")
    with suppress(KeyboardInterrupt):
        make_server(given.releve, given.token, given.port, given.theme).serve_forever()


if __name__ == "__main__":
    main()
