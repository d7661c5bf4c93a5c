"""The command that serves the REST interface."""

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
        InvalidInputError: the address is reachable from elsewhere, and nobody signs in yet.
    """
    if not is_loopback(host):
        message = f"--host {host} would let anyone read: there is no sign-in yet; use 127.0.0.1"
        raise InvalidInputError(message)
    from api.operations.workers import Listening, run_workers
    from api.settings import Settings
    from api.wiring import open_service

    open_service(Settings()).close()  # a missing store is said now, in one line
    run_workers(Listening(host, port, workers))
