"""Settings: what the environment says. Only entry points read it."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated

from platformdirs import user_data_path
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Network = IPv4Network | IPv6Network


class AuthMode(StrEnum):
    """How the server knows who is asking; programs may show an API key in every mode."""

    SINGLE_USER = "single-user"
    """Whoever is at this machine; the server listens on loopback only."""
    OIDC = "oidc"
    """People sign in with the organisation's OpenID Connect provider."""
    PROXY = "proxy"
    """A reverse proxy in front signs people in, and names them in a header."""
    KEYS = "keys"
    """Programs only; nobody signs in."""


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
    auth: AuthMode = AuthMode.SINGLE_USER
    """How people are recognised."""
    user: str | None = None
    """Who is at this machine in the single-user mode: id, e-mail address or full name."""
    public_url: str | None = None
    """Address at which people reach the server, such as https://releve.ville.example."""
    oidc_issuer: str | None = None
    """Issuer of the OpenID Connect provider, exactly as its discovery document writes it."""
    oidc_client_id: str | None = None
    """Name of this installation with the provider."""
    oidc_client_secret: SecretStr | None = None
    """Its secret; none for a public client, which PKCE alone protects."""
    proxy_header: str = "X-Forwarded-User"
    """Header in which the reverse proxy names who signed in."""
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = (ip_network("127.0.0.1/32"), ip_network("::1/128"))
    """Addresses or networks whose header is believed, separated by commas."""
    session_hours: float = Field(default=12, gt=0, le=24 * 30)
    """How long someone stays signed in."""
    secret: SecretStr | None = None
    """What signs the sessions; by default drawn once and kept in RELEVE_HOME/secret."""
    max_body_bytes: int = Field(default=10_000_000, ge=1_000)
    """Largest body of a request."""
    rate_limit: str = "600/minute"
    """How often each caller may ask."""
    rate_limit_suggest: str = "1200/minute"
    """How often each browser behind a caller may ask for suggestions while someone types."""
    metrics: MetricsAccess = MetricsAccess.LOOPBACK
    """Who reads /metrics without a key that may administer."""
    webhook_hosts: frozenset[str] = frozenset()
    """Internal hosts that webhooks may reach, as a JSON list of names or addresses."""
    webhook_ports: frozenset[int] = frozenset({80, 443, 8443})
    """Ports that webhooks may reach, as a JSON list."""
    webhook_http: bool = False
    """Whether webhooks may go over http, for a network that is trusted."""

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _separate(cls, value: object) -> object:
        """Read addresses separated by commas."""
        return (
            [ip_network(part.strip()) for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        )
