"""Settings: what the environment says. Only entry points read it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class MetricsAccess(StrEnum):
    """Who reads the metrics without a key."""

    LOOPBACK = "loopback"
    """Programs of this machine that ask directly, not through a proxy."""
    KEY = "key"
    """Nobody."""


class Settings(BaseSettings):
    """Everything that can be set, each from RELEVE_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="RELEVE_", extra="ignore")

    home: Path = Field(default_factory=lambda: user_data_path("releve"))
    """Folder of the SQLite store and of the index."""
    database_url: str | None = None
    """Address of a PostgreSQL database, in place of the SQLite store."""
    encoder: str = "bundled"
    """Which encoder gives meaning, or `words` for none. See recommender.encoders.choose."""
    metrics: MetricsAccess = MetricsAccess.LOOPBACK
    """Who reads /metrics without a key that may administer."""
    webhook_hosts: frozenset[str] = frozenset()
    """Internal hosts that webhooks may reach, as a JSON list of names or addresses."""
    webhook_ports: frozenset[int] = frozenset({80, 443, 8443})
    """Ports that webhooks may reach, as a JSON list."""
    webhook_http: bool = False
    """Whether webhooks may go over http, for a network that is trusted."""
    rate_limit: str = "600/minute"
    """How often each caller may ask."""
    rate_limit_suggest: str = "1200/minute"
    """How often each browser behind a caller may ask for suggestions while someone types."""
