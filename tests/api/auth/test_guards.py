"""What stands before every endpoint: tokens of forms, sizes of bodies, headers of answers, the secret, the settings."""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.auth.installing import check_settings
from api.auth.session_secret import session_secret
from api.auth.sign_in import local_path
from api.settings import Settings
from models.errors import InvalidInputError
from tests.api.auth.conftest import OpenClient

HTTPS = "https://releve.test"
ANA = {"X-Forwarded-User": "ana@ville.test"}
OIDC = {"auth": "oidc", "oidc_issuer": "https://id.test", "oidc_client_id": "releve", "public_url": HTTPS}


@pytest.mark.parametrize("path", ["/write", "/v1/write"])
def test_a_write_carries_the_token_of_its_session(open_client: OpenClient, path: str) -> None:
    client = open_client(auth="proxy", base_url=HTTPS)
    token = client.get("/token").json()
    assert client.get("/token").json() == token
    sent = [
        ({"data": {"csrf": token}}, 200),
        ({"files": {"file": b"x"}, "data": {"csrf": token}}, 200),
        ({"headers": {"X-CSRF-Token": token}}, 200),
        ({"headers": {"X-CSRF-Token": token}, "json": {}}, 200),
        ({}, 403),
        ({"data": {"csrf": ""}}, 403),
        ({"data": {"csrf": token + "x"}}, 403),
        ({"data": {"csrf": "é"}}, 403),
        ({"headers": {"X-CSRF-Token": "x"}, "data": {"csrf": token}}, 403),
        ({"json": {"csrf": token}}, 403),
        ({"params": {"csrf": token}}, 403),
        ({"content": b"--x", "headers": {"Content-Type": "multipart/form-data"}}, 403),
    ]
    for options, status in sent:
        headers = ANA | options.pop("headers", {})
        assert client.post(path, headers=headers, **options).status_code == status, (options, headers)


def test_the_token_of_another_session_is_refused(open_client: OpenClient) -> None:
    client = open_client(auth="proxy", base_url=HTTPS)
    token = client.get("/token").json()
    client.cookies.clear()
    assert client.post("/write", headers=ANA, data={"csrf": token}).status_code == 403
    client.get("/token")
    assert client.post("/write", headers=ANA, data={"csrf": token}).status_code == 403


def test_the_form_arrives_whole_after_the_check(open_client: OpenClient) -> None:
    client = open_client()
    token = client.get("/token").json()
    answer = client.post("/sign-in", data={"csrf": token, "person": "Ana Roy", "next": "/who"})
    assert answer.headers["location"] == "/who"


def test_a_host_header_does_not_make_a_page_part_of_the_api(open_client: OpenClient) -> None:
    client = open_client(auth="proxy", base_url=HTTPS)
    headers = ANA | {"Host": "releve.test/v1/"}
    assert client.post("/write", headers=headers).status_code == 403


def test_a_body_over_the_limit_is_refused_declared_or_streamed(open_client: OpenClient) -> None:
    client = open_client(max_body_bytes=1000)

    def stream(size: int) -> Iterator[bytes]:
        for start in range(0, size, 100):
            yield b"x" * min(100, size - start)

    for body in (b"x" * 1000, stream(1000)):
        assert client.post("/v1/body", content=body).json() == 1000
    for body in (b"x" * 1001, stream(1001), stream(100_000)):
        answer = client.post("/v1/body", content=body)
        assert answer.status_code == 413
        assert "RELEVE_MAX_BODY_BYTES" in answer.json()["detail"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    for path, headers in (("/sign-in", {}), ("/nowhere", {"Content-Length": "99999999999999999999"})):
        form = {"Content-Type": "application/x-www-form-urlencoded"} | headers
        assert client.post(path, content=stream(2000), headers=form).status_code == 413


@pytest.mark.parametrize("path", ["/v1/who", "/sign-in", "/nowhere", "/healthz"])
def test_every_answer_carries_the_security_headers(open_client: OpenClient, path: str) -> None:
    headers = open_client().get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers


def test_refusals_carry_them_too_and_https_is_kept(open_client: OpenClient) -> None:
    headers = open_client(auth="keys", public_url=HTTPS, base_url=HTTPS).post("/nowhere").headers
    assert "content-security-policy" in headers
    assert headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("settings", "start", "secure"),
    [({}, "releve=", False), ({"public_url": HTTPS, "auth": "proxy"}, "__Host-releve=", True)],
)
def test_the_cookie_is_for_this_site_and_for_no_script(
    open_client: OpenClient, settings: dict[str, str], start: str, secure: bool
) -> None:
    client = open_client(base_url="http://localhost" if not secure else HTTPS, **settings)
    cookie = client.get("/token").headers["set-cookie"]
    assert cookie.startswith(start)
    flags = {flag.strip().lower() for flag in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/", "max-age=43200"} <= flags
    assert ("secure" in flags) is secure
    assert not any(flag.startswith("domain") for flag in flags)


def test_a_forged_session_is_an_empty_one(open_client: OpenClient) -> None:
    client = open_client(user="t:ana")
    for value in ("e30=", "eyJwZXJzb24iOiJ0OmJvIiwiYXQiOjk5OTk5OTk5OTl9.x.y", "null", "\x7f"):
        assert client.get("/v1/who", headers={"Cookie": f"releve={value}"}).json()["person"] == "t:ana"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test",
        "//evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "javascript:alert(1)",
        "",
        "evil.test",
        "/ok\r\nSet-Cookie: a=b",
        "/a b",
        "/\t/evil.test",
        "///evil.test",
        "http:/evil.test",
        "/[",
        None,
    ],
)
def test_a_sign_in_leads_to_this_site_alone(target: str | None) -> None:
    assert local_path(target) in ("/", "/[")


@pytest.mark.parametrize("target", ["/", "/people/t:ana?x=1&y=%2F", "/v1/who#top"])
def test_a_sign_in_leads_back_to_where_one_was(target: str) -> None:
    assert local_path(target) == target


@pytest.mark.parametrize("target", ["//evil.test", "https://evil.test", "/x\r\nSet-Cookie: a=b"])
def test_no_form_redirects_elsewhere_or_adds_a_header(open_client: OpenClient, target: str) -> None:
    client = open_client()
    token = client.get("/token").json()
    answer = client.post("/sign-in", data={"csrf": token, "person": "Ana Roy", "next": target})
    assert answer.headers["location"] == "/"
    assert "a=b" not in answer.headers.get("set-cookie", "")


def test_the_secret_is_drawn_once_for_all_workers(tmp_path: Path) -> None:
    settings, found = Settings(home=tmp_path / "home"), []
    workers = [threading.Thread(target=lambda: found.append(session_secret(settings))) for _ in range(12)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(found) == 12
    assert len(set(found)) == 1
    [file] = settings.home.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(found[0]) >= 43


def test_a_secret_that_could_be_guessed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="RELEVE_SECRET has 5 characters"):
        session_secret(Settings(home=tmp_path, secret="short"))
    (tmp_path / "secret").write_text("")
    with pytest.raises(InvalidInputError, match="has 0 characters"):
        session_secret(Settings(home=tmp_path))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"oidc_issuer": None}, "RELEVE_OIDC_ISSUER not set"),
        ({"public_url": None, "oidc_client_id": None}, "RELEVE_PUBLIC_URL, RELEVE_OIDC_CLIENT_ID not set"),
        ({"oidc_issuer": "http://id.test"}, "is not HTTPS"),
        ({"public_url": "http://releve.test"}, "is not HTTPS"),
        ({"public_url": "releve.test"}, "is not the address of a server"),
        ({"auth": "proxy", "trusted_proxies": ""}, "no proxy is trusted"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(changes: dict[str, str | None], said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        check_settings(Settings(**{**OIDC, **changes}))


def test_an_answer_to_a_fault_of_ours_carries_the_security_headers(open_client: OpenClient) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    client = open_client()
    client.app.get("/v1/fault")(fail)
    client = TestClient(client.app, base_url="http://localhost", raise_server_exceptions=False)
    answer = client.get("/v1/fault")
    assert answer.status_code == 500
    assert "content-security-policy" in answer.headers
