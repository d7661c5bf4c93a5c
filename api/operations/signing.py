"""Signing: how a receiver knows that a delivery is ours, as Standard Webhooks has it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

from models.webhooks import SECRET_PREFIX


def sign(secret: str, delivery_id: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a delivery.

    Source: Standard Webhooks, https://www.standardwebhooks.com, symmetric scheme v1.
    """
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = hmac.new(key, f"{delivery_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


def signed_headers(secret: str, delivery_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """Return the headers of a delivery."""
    timestamp = int(now.timestamp())
    return {
        "content-type": "application/json",
        "user-agent": "Releve-Webhooks/1",
        "webhook-id": delivery_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secret, delivery_id, timestamp, body),
    }
