"""OpenID Connect: the organisation's provider says who signs in (authorization code, PKCE, nonce)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth, StarletteOAuth2App
from fastapi import Request
from joserfc.errors import JoseError
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.settings import Settings
from models.accounts import find_by_account, find_by_email, source_of
from models.errors import NotLinkedError, NotSignedInError

CALLBACK = "/sign-in/callback"
# What a provider that is away, or that answers nonsense, makes the client raise.
_FAILURES = (
    AuthlibBaseError,
    JoseError,
    httpx2.HTTPError,
    httpx2.InvalidURL,
    RuntimeError,
    ValueError,
    KeyError,
    TypeError,
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who the provider says has signed in."""

    issuer: str
    subject: str
    email: str | None
    """Only an address that the provider has verified: anyone could claim another."""


class Provider:
    """The provider of an installation; asked for nothing until someone signs in."""

    def __init__(self, settings: Settings) -> None:
        self.issuer = settings.oidc_issuer or ""
        self.client_id = settings.oidc_client_id or ""
        self.redirect_uri = (settings.public_url or "").rstrip("/") + CALLBACK
        secret = settings.oidc_client_secret
        self.client: StarletteOAuth2App = OAuth().register(
            "oidc",
            client_id=self.client_id,
            client_secret=secret.get_secret_value() if secret else None,
            server_metadata_url=self.issuer.rstrip("/") + "/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email",
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
            },
        )

    async def send_to(self, request: Request) -> Response:
        """Return the redirection to the provider.

        Raises:
            NotSignedInError: the provider does not answer.
        """
        try:
            response: Response = await self.client.authorize_redirect(request, self.redirect_uri)
        except _FAILURES as error:
            message = f"The provider '{self.issuer}' does not answer ({type(error).__name__}); try again in a moment"
            raise NotSignedInError(message) from error
        return response

    async def read_answer(self, request: Request) -> SignedIn:
        """Return who signed in, from the request with which the provider sends them back.

        Raises:
            NotSignedInError: the answer is not one to a sign-in of this browser, or does not hold.
        """
        try:
            required = {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self.client_id},
                "sub": {"essential": True},
            }
            token = await self.client.authorize_access_token(request, claims_options=required)
            claims: Mapping[str, Any] = token["userinfo"]
            if "email" not in claims and "userinfo_endpoint" in await self.client.load_server_metadata():
                more = await self.client.userinfo(token=token)
                claims = {**more, **claims} if more.get("sub") == claims["sub"] else claims
            verified = claims.get("email_verified") in (True, "true")
            email = str(claims["email"]) if verified and claims.get("email") else None
            return SignedIn(self.issuer, str(claims["sub"]), email)
        except _FAILURES as error:
            # What the provider, or whoever made this address, wrote is not shown.
            message = f"The sign-in did not succeed ({type(error).__name__}); start it again"
            raise NotSignedInError(message) from error


def person_of(session: Session, signed_in: SignedIn) -> str:
    """Return the id of the person who signed in: by the account linked to them, or else by their verified address.

    Raises:
        NotLinkedError: nobody known here.
    """
    found = find_by_account(session, source_of(signed_in.issuer), signed_in.subject)
    if found is None and signed_in.email is not None:
        found = find_by_email(session, signed_in.email)
    if found is None:
        address = f"the address '{signed_in.email}'" if signed_in.email else "no address that your provider verified"
        message = (
            f"You signed in with the account '{signed_in.subject[:100]}' and {address}, and nobody here has them;"
            " an administrator links the account with: releve accounts link PERSON ACCOUNT"
        )
        raise NotLinkedError(message)
    return found
