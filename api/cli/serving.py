"""The command that serves the pages and the REST interface."""

from __future__ import annotations

from ipaddress import ip_address

from models.errors import InvalidInputError


def is_loopback(host: str) -> bool:
    """Return whether an address is reachable from this machine only."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def serve(host: str, port: int, workers: int = 1) -> None:
    """Serve until interrupted.

    Raises:
        InvalidInputError: the address is reachable from elsewhere, and nobody signs in.
    """
    from api.settings import AuthMode, Settings

    settings = Settings()
    if settings.auth is AuthMode.SINGLE_USER and not is_loopback(host):
        message = (
            f"--host {host} would let anyone read as anyone: set RELEVE_AUTH to oidc, proxy or keys"
            " (docs/how-to/sign-in.md), or listen on 127.0.0.1"
        )
        raise InvalidInputError(message)
    from api.operations.workers import Listening, run_workers
    from api.wiring import open_service

    open_service(settings).close()  # a missing store is said now, in one line
    run_workers(Listening(host, port, workers))
