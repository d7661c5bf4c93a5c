"""The page on webhooks: its code verifies what Relève signs, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.operations.signing import signed_headers

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "webhooks.md"
SECRET, BODY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"type": "ping"}'


@pytest.fixture(scope="module")
def verify() -> Callable[..., bool]:
    """The function of the page, as a reader would copy it."""
    [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, str(PAGE), "exec"), names)
    function: Callable[..., bool] = names["verify"]
    return function


def headers(age: timedelta = timedelta()) -> dict[str, str]:
    return signed_headers(SECRET, "one", datetime.now(UTC) - age, BODY)


def test_what_releve_signs_verifies(verify: Callable[..., bool]) -> None:
    assert verify(SECRET, headers(), BODY)


def test_another_body_secret_or_id_does_not(verify: Callable[..., bool]) -> None:
    assert not verify(SECRET, headers(), BODY + b" ")
    assert not verify("whsec_AAAA", headers(), BODY)
    assert not verify(SECRET, {**headers(), "webhook-id": "two"}, BODY)


def test_what_was_sent_long_ago_does_not(verify: Callable[..., bool]) -> None:
    assert not verify(SECRET, headers(age=timedelta(minutes=6)), BODY)
