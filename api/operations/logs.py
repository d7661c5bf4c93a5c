"""Logs: one line an event, JSON or readable, and never what anyone asked or wrote."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType
from typing import Any, Final, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

# These write addresses, what was sent or how they load at their info level; ours says what matters without it.
_QUIET: Final = ("httpx", "httpcore", "alembic", "asyncio", "faiss.loader")

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure_logging(stream: TextIO, *, readable: bool | None = None) -> None:
    """Write every log of this process to a stream.

    Args:
        stream: where to.
        readable: lines for people in place of JSON; None for whether the stream is a terminal.
    """
    readable = stream.isatty() if readable is None else readable
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        describe_exception,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], name != "uvicorn.access"


def describe_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Say of an exception its class and where it happened.

    Its message stays out: it may quote a question, a name or the parameters of a query.
    """
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["error"] = qualified_name(error)
        event["traceback"] = frames_of(error)
    return event


def qualified_name(error: BaseException) -> str:
    """Return the class of an exception with its module."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def frames_of(error: BaseException) -> list[str]:
    """Return where an exception passed, outermost first, then the same for what caused it."""
    frames = [f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}" for frame, line in _walk(error)]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return frames if cause is None else [*frames, f"after {qualified_name(cause)}", *frames_of(cause)]


def _walk(error: BaseException) -> Any:  # noqa: ANN401 - frames and line numbers, as traceback gives them
    return traceback.walk_tb(error.__traceback__)
