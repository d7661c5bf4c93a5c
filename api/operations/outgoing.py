"""Outgoing requests: to addresses people gave, checked so that none reaches what is not theirs to reach."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

import httpx

from api.settings import Settings
from models.errors import InvalidInputError, ReleveError

CONNECT_TIMEOUT_S: Final = 5.0
# For everything together: an answer that drips a byte now and then is cut too. Shorter than a claim.
TOTAL_TIMEOUT_S: Final = 15.0
KEPT_OF_ANSWER: Final = 200
_MAX_URL: Final = 2_000
_NAT64: Final = IPv6Network("64:ff9b::/96")
_IPV4_COMPATIBLE: Final = IPv6Network("::/96")

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]


class RefusedAddressError(InvalidInputError):
    """An address that outgoing requests may not reach; the message says which setting would allow it."""


class SendingError(ReleveError):
    """A request got no answer in time, or none at all."""


@dataclass(frozen=True, slots=True)
class OutgoingRules:
    """Where outgoing requests may go; everywhere on the public internet over https if nothing is set."""

    internal_hosts: frozenset[str] = frozenset()
    """Names, as written in the address, that may be inside the network."""
    ports: frozenset[int] = field(default_factory=lambda: frozenset({80, 443, 8443}))
    http: bool = False

    @classmethod
    def of(cls, settings: Settings) -> OutgoingRules:
        """Return the rules that the settings make."""
        hosts = frozenset(host.lower().rstrip(".").strip("[]") for host in settings.webhook_hosts)
        return cls(hosts, settings.webhook_ports, settings.webhook_http)


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back."""

    status: int
    beginning: str
    """The first characters of the body."""


def check_url(url: str, rules: OutgoingRules) -> httpx.URL:
    """Return the address if outgoing requests may go to it, as far as it can be said without asking for its host.

    Raises:
        RefusedAddressError: they may not.
    """
    try:
        parsed = httpx.URL(url)
        port = parsed.port or {"https": 443, "http": 80}.get(parsed.scheme)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise _refused(url, "it is not an address") from error
    if len(url) > _MAX_URL or not url.isprintable() or " " in url:
        raise _refused(url, "it is too long, or holds what addresses do not")
    if parsed.scheme != "https" and not (parsed.scheme == "http" and rules.http):
        raise _refused(url, "use https (RELEVE_WEBHOOK_HTTP=true allows http)")
    if parsed.userinfo:
        raise _refused(url, "it holds a name or a password")
    if port not in rules.ports:
        raise _refused(url, f"port {port} is not among RELEVE_WEBHOOK_PORTS")
    _check_host(url, parsed, rules)
    return parsed


def _check_host(url: str, parsed: httpx.URL, rules: OutgoingRules) -> None:
    host = host_of(parsed)
    if not host:
        raise _refused(url, "it names no host")
    try:
        address = ip_address(host)
    except ValueError:
        last = host.rsplit(".", 1)[-1]
        if last.isdigit() or last.startswith("0x"):
            # What browsers and C libraries read as an IPv4 address: 2130706433, 0x7f.1, 0177.0.0.1
            raise _refused(url, "write an IPv4 address as four decimal numbers") from None
        if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
            check_internal(url, host, rules)
    else:
        check_address(address, host, rules)


def host_of(url: httpx.URL) -> str:
    """Return the host of an address in ASCII, lower case, without a last dot."""
    return url.raw_host.decode("ascii").lower().rstrip(".").strip("[]")


def check_internal(url: str, host: str, rules: OutgoingRules) -> None:
    """Refuse an internal host that the settings do not name."""
    if host not in rules.internal_hosts:
        raise _refused(url, f"'{host}' is inside the network and not among RELEVE_WEBHOOK_HOSTS")


def check_address(address: Address, host: str, rules: OutgoingRules) -> None:
    """Refuse an address that is not public, unless its host is named in the settings.

    Link-local addresses, where clouds answer with credentials, and multicast are refused to every host.

    Raises:
        RefusedAddressError: the address may not be reached.
    """
    for form in forms_of(address):
        if form.is_link_local or form.is_multicast or form.is_unspecified or str(form) == "255.255.255.255":
            raise _refused(host, f"its address {address} is not one of a server")
        if not form.is_global or form.is_reserved:
            check_internal(host, host, rules)


def forms_of(address: Address) -> Iterator[Address]:
    """Yield an address and the IPv4 addresses that it leads to: mapped, compatible, 6to4, Teredo, NAT64."""
    if isinstance(address, IPv4Address):
        yield address
        return
    inner: list[IPv4Address | None] = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64 or (address in _IPV4_COMPATIBLE and int(address) > 1):
        inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    found = [form for form in inner if form is not None]
    yield from found
    if address.ipv4_mapped is None:
        yield address


async def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


async def checked_address(url: httpx.URL, rules: OutgoingRules, resolver: Resolver) -> Address:
    """Return the address to connect to: all of the host's are checked, and the first is used."""
    host = host_of(url)
    try:
        names = await resolver(host, url.port or 443)
    except (OSError, UnicodeError) as error:
        message = f"The host '{host}' has no address"
        raise SendingError(message) from error
    addresses = [ip_address(name.partition("%")[0]) for name in names]
    for address in addresses:
        check_address(address, host, rules)
    if not addresses:
        message = f"The host '{host}' has no address"
        raise SendingError(message)
    return addresses[0]


async def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    rules: OutgoingRules,
    trusted: ssl.SSLContext,
    resolver: Resolver = resolve,
    timeout_s: float = TOTAL_TIMEOUT_S,
) -> Answered:
    """Send a body and return the answer; redirects are answers, not followed.

    The connection goes to the very address that was checked, so that a name that changes meanwhile changes nothing.

    Raises:
        RefusedAddressError: the address may not be reached.
        SendingError: no answer in time.
    """
    target = check_url(url, rules)
    try:
        async with asyncio.timeout(timeout_s):
            address = await checked_address(target, rules, resolver)
            return await _send(target, address, body, headers, trusted)
    except TimeoutError as error:
        message = f"No whole answer within {timeout_s:g} s"
        raise SendingError(message) from error
    except httpx.HTTPError as error:
        message = f"{type(error).__name__}: {error}"
        raise SendingError(message) from error


async def _send(
    target: httpx.URL, address: Address, body: bytes, headers: Mapping[str, str], trusted: ssl.SSLContext
) -> Answered:
    own = {**headers, "host": target.netloc.decode("ascii"), "accept-encoding": "identity"}
    pinned = target.copy_with(host=str(address))
    # No connection is kept: one made for a host must never carry the request of another host at the same address.
    limits = httpx.Limits(max_keepalive_connections=0)
    timeout = httpx.Timeout(TOTAL_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
    async with (
        httpx.AsyncClient(
            verify=trusted, trust_env=False, follow_redirects=False, limits=limits, timeout=timeout
        ) as client,
        client.stream(
            "POST", pinned, content=body, headers=own, extensions={"sni_hostname": host_of(target)}
        ) as response,
    ):
        beginning = b""
        async for piece in response.aiter_raw():
            beginning += piece
            if len(beginning) >= KEPT_OF_ANSWER:
                break
        return Answered(response.status_code, beginning[:KEPT_OF_ANSWER].decode("utf-8", "replace"))


def _refused(thing: str, reason: str) -> RefusedAddressError:
    return RefusedAddressError(f"Webhooks may not go to '{thing[:200]}': {reason}")
