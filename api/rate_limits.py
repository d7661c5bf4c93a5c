"""Rate limits: how often each caller may ask, counted in a moving window in the memory of each worker."""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import ceil
from typing import Annotated, Final

from fastapi import Depends, Request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from api.callers import Caller, CallerKind
from api.dependencies import get_caller
from api.refusals import TooManyRequestsError
from api.request_ids import note_headers
from api.settings import Settings
from models.errors import InvalidInputError

DEFAULT, SUGGEST = "default", "suggest"
# What a test client or a socket without an address is called.
NOWHERE: Final = "-"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a caller has left after this request."""

    limit: int
    window_s: int
    remaining: int
    reset_s: int
    """Seconds until something of the window is free again."""
    granted: bool


class RateLimits:
    """The rates of one worker; a key used on three workers gets three times as much."""

    def __init__(self, settings: Settings) -> None:
        self.limiter = MovingWindowRateLimiter(MemoryStorage())
        self.rates = {
            DEFAULT: read_rate("RELEVE_RATE_LIMIT", settings.rate_limit),
            SUGGEST: read_rate("RELEVE_RATE_LIMIT_SUGGEST", settings.rate_limit_suggest),
        }

    def take(self, name: str, caller: str) -> Allowance:
        """Count one request of a caller."""
        rate = self.rates[name]
        granted = self.limiter.hit(rate, name, caller)
        stats = self.limiter.get_window_stats(rate, name, caller)
        reset_s = max(ceil(stats.reset_time - time.time()), 1)
        return Allowance(rate.amount, rate.get_expiry(), max(stats.remaining, 0), reset_s, granted)


def read_rate(setting: str, text: str) -> RateLimitItem:
    """Return the rate that a setting states.

    Raises:
        InvalidInputError: it states none.
    """
    try:
        return parse(text)
    except ValueError as error:
        message = f"{setting} is '{text}'; write how many in how long, for example 600/minute"
        raise InvalidInputError(message) from error


def count_request(request: Request, name: str, caller: Caller) -> None:
    """Count a request and note for its answer how many are left.

    Raises:
        TooManyRequestsError: none is left.
    """
    if caller.kind is CallerKind.LOCAL:
        return
    rates: RateLimits = request.app.state.rate_limits
    allowance = rates.take(name, name_of(request, name, caller))
    note_headers(
        request,
        {
            "RateLimit-Policy": f'"{name}";q={allowance.limit};w={allowance.window_s}',
            "RateLimit": f'"{name}";r={allowance.remaining};t={allowance.reset_s}',
        },
    )
    if not allowance.granted:
        message = f"{allowance.limit} requests in {allowance.window_s} s are allowed; wait {allowance.reset_s} s"
        raise TooManyRequestsError(message, allowance.reset_s)


def name_of(request: Request, name: str, caller: Caller) -> str:
    """Return whom to count for: a public token serves many browsers, so that each counts for itself."""
    address = request.client.host if name == SUGGEST and request.client else NOWHERE
    return f"{caller.actor} {address}"


async def limit(request: Request, caller: Annotated[Caller, Depends(get_caller)]) -> None:
    """Count a request among all those of its caller."""
    count_request(request, DEFAULT, caller)


async def limit_suggest(request: Request, caller: Annotated[Caller, Depends(get_caller)]) -> None:
    """Count a request for suggestions while someone types; there are more of these, and they have their own rate."""
    count_request(request, SUGGEST, caller)
