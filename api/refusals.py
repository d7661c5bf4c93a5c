"""Refusals: what the edge itself finds wrong with a request, before anything behind it is asked."""

from __future__ import annotations

from models.errors import UserError


class MalformedRequestError(UserError):
    """The body cannot be read as what its content type says."""


class UnsupportedMediaTypeError(UserError):
    """The body is of a type that the address does not take; the message says which it takes."""


class PreconditionError(UserError):
    """The thing changed since the caller read it; the message says to read it again."""


class BeingAnsweredError(UserError):
    """The same write is being answered at this moment; the caller asks again a little later."""


class ReusedKeyError(UserError):
    """An idempotency key came back with another request; the message says to make a new one."""


class TooManyRequestsError(UserError):
    """The caller asks more often than agreed."""

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
