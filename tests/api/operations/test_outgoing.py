"""Outgoing requests reach only what they may, however it is spelt; no redirect, rebinding or slow answer gets past."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Sequence

import pytest

from api.operations.outgoing import Answered, OutgoingRules, RefusedAddressError, SendingError, check_url, post
from tests.api.operations.receiving import Receiver, receiving

TRUSTED = ssl.create_default_context()
INTERNAL = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.0.0.1./",
    "https://１２７.０.０.１/",
    "https://①②⑦.⓪.⓪.①/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://releve.localhost/",
    "https://intranet.internal/",
    "https://0.0.0.0/",
    "https://10.1.2.3/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://198.18.0.1/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:7f00:1::]/",
    "https://[fe80::1]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[ff02::1]/",
]
MALFORMED = [
    "http://receiver.example/",
    "ftp://receiver.example/",
    "file:///etc/passwd",
    "gopher://receiver.example/",
    "javascript:alert(1)",
    "receiver.example",
    "https://",
    "https:///path",
    "https://user:secret@receiver.example/",
    "https://receiver.example@127.0.0.1/",
    "https://receiver.example:22/",
    "https://receiver.example:99999/",
    "https://receiver.example/\r\nX-Injected: 1",
    "https://receiver.example/ HTTP/1.1",
    "https://receiver.example/" + "x" * 3_000,
    "https://[::1",
    "",
]


@pytest.mark.parametrize("url", INTERNAL + MALFORMED)
def test_an_internal_or_malformed_address_is_refused(url: str) -> None:
    with pytest.raises(RefusedAddressError):
        check_url(url, OutgoingRules())


@pytest.mark.parametrize(
    "url", ["https://receiver.example/hook?a=1", "https://93.184.216.34:8443/", "https://[2606:4700::1]/"]
)
def test_a_public_address_is_accepted(url: str) -> None:
    check_url(url, OutgoingRules())


@pytest.mark.parametrize("url", ["https://169.254.169.254/", "https://[fe80::1]/", "https://224.0.0.1/"])
def test_what_clouds_answer_with_credentials_is_refused_even_when_named(url: str) -> None:
    host = url.removeprefix("https://").rstrip("/").strip("[]")
    with pytest.raises(RefusedAddressError):
        check_url(url, OutgoingRules(internal_hosts=frozenset({host})))


def resolving_to(*answers: Sequence[str]) -> tuple[list[str], object]:
    """Return what was asked, and a resolver that gives another answer each time."""
    asked: list[str] = []

    async def resolver(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    return asked, resolver


@pytest.mark.parametrize(
    "addresses", [["10.0.0.7"], ["93.184.216.34", "127.0.0.1"], ["::ffff:10.0.0.7"], ["fe80::1%eth0"]]
)
def test_a_public_name_with_an_internal_address_is_refused(addresses: list[str]) -> None:
    _, resolver = resolving_to(addresses)
    with pytest.raises(RefusedAddressError):
        asyncio.run(post("https://rebound.example/", b"", {}, OutgoingRules(), TRUSTED, resolver))


def local_rules(receiver: Receiver, *hosts: str) -> OutgoingRules:
    return OutgoingRules(frozenset(hosts or ("127.0.0.1",)), frozenset({receiver.port}), http=True)


def send(receiver: Receiver, path: str = "/200", **named: object) -> Answered:
    return asyncio.run(post(receiver.url(path), b"{}", {}, local_rules(receiver), TRUSTED, **named))


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
class TestWithAReceiver:
    """Against a real receiver on this machine, which the settings name."""

    def test_a_named_internal_host_is_reached(self) -> None:
        with receiving() as receiver:
            assert send(receiver) == Answered(200, "said")

    def test_a_name_is_resolved_once_and_the_connection_goes_to_the_checked_address(self) -> None:
        with receiving() as receiver:
            asked, resolver = resolving_to(["127.0.0.1"], ["10.0.0.7"])
            url = f"http://inside.example:{receiver.port}/200"
            rules = local_rules(receiver, "inside.example")
            assert asyncio.run(post(url, b"{}", {}, rules, TRUSTED, resolver)).status == 200
            assert asked == ["inside.example"]
            [request] = receiver.received
            assert request.headers["host"] == f"inside.example:{receiver.port}"

    def test_a_redirect_is_not_followed(self) -> None:
        with receiving() as receiver:
            assert send(receiver, "/redirect").status == 302
            assert [request.path for request in receiver.received] == ["/redirect"]

    def test_an_endless_answer_is_cut_after_its_beginning(self) -> None:
        with receiving() as receiver:
            assert send(receiver, "/endless") == Answered(200, "x" * 200)

    @pytest.mark.parametrize("path", ["/slow", "/drip"])
    def test_a_slow_answer_is_cut(self, path: str) -> None:
        with receiving() as receiver:
            started = time.monotonic()
            with pytest.raises(SendingError, match=r"within 0\.5 s"):
                send(receiver, path, timeout_s=0.5)
            assert time.monotonic() - started < 5

    def test_a_proxy_of_the_environment_is_not_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
        with receiving() as receiver:
            assert send(receiver).status == 200
