"""Security headers: on every answer, unless the endpoint has set its own."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
}
ONE_YEAR_S = 31_536_000
STATIC = "/static/"
# Other sites include this one: it is what they add to their pages.
WIDGET = "/widget.js"


class SecurityHeadersMiddleware:
    """Adds what tells browsers to trust nothing but this very site, and to keep no personal answer."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self.https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                self._add(MutableHeaders(scope=message), scope["path"], message["status"])
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _add(self, headers: MutableHeaders, path: str, status: int) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault("cross-origin-resource-policy", "cross-origin" if path == WIDGET else "same-origin")
        if self.https:
            headers.setdefault("strict-transport-security", f"max-age={ONE_YEAR_S}")
        if path != WIDGET and not path.startswith(STATIC):
            headers.setdefault("cache-control", "no-store")
        if status == 401:
            headers.setdefault("www-authenticate", 'Bearer realm="releve"')
