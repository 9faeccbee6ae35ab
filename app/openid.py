"""The client's half of OpenID Connect, by Authlib (extra `oidc`): code flow with PKCE, state and nonce.

Who the subject is here is decided in `workflows.federation`. Nothing is kept between the two halves but what
the door puts into a signed cookie.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.settings import Settings
from workflows.federation import ProviderSaid

#: Signatures by a key pair of the provider's; never `none`, never a shared secret (ASVS 9.1.2).
_ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384"})
_SECONDS = 5
_LEEWAY = 60


class ProviderFailed(Exception):
    """The provider cannot be reached, refused, or said something that does not hold."""


@dataclass(frozen=True)
class Begun:
    """What the second half must know of the first."""

    state: str
    nonce: str
    verifier: str


class Provider:
    """An OpenID provider, as the settings name it. `back`: the address to which it sends people back."""

    def __init__(self, settings: Settings, back: str) -> None:
        if not (settings.oidc_issuer and settings.oidc_client_id and settings.oidc_secret_file):
            raise ProviderFailed
        self._issuer = settings.oidc_issuer
        self._client_id = settings.oidc_client_id
        self._secret = settings.oidc_secret_file.read_text(encoding="utf-8").strip()
        self._back = back

    def begin(self) -> tuple[str, Begun]:
        """The provider's address to send somebody to, and what to keep meanwhile.

        Raises:
            ProviderFailed: its description cannot be read, or is another's.
        """
        begun = Begun(
            secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        )
        with self._session() as client:
            address, _ = client.create_authorization_url(
                self._described(client)["authorization_endpoint"],
                state=begun.state,
                nonce=begun.nonce,
                code_verifier=begun.verifier,
            )
        return str(address), begun

    def finish(self, begun: Begun, answer: Mapping[str, str], now: datetime) -> ProviderSaid:
        """What the provider says of who came back.

        Raises:
            ProviderFailed: whatever does not hold: state, code, signature, issuer, audience, nonce, time.
        """
        state, code = answer.get("state", ""), answer.get("code", "")
        if not code or not secrets.compare_digest(state.encode(), begun.state.encode()):
            raise ProviderFailed
        issuer = answer.get("iss")
        if issuer is not None and issuer != self._issuer:
            # Sent back by another provider than the one that was asked (RFC 9207).
            raise ProviderFailed
        claims = self._claims(begun, code, int(now.timestamp()))
        acr = claims.get("acr")
        factors = [*(claims.get("amr") or ()), *([acr] if acr else ())]
        return ProviderSaid(
            issuer=self._issuer,
            subject=str(claims["sub"]),
            factors=tuple(str(factor) for factor in factors),
        )

    def _claims(self, begun: Begun, code: str, now: int) -> Mapping[str, Any]:
        from authlib.common.errors import AuthlibBaseError  # extra `oidc`
        from authlib.oidc.core import CodeIDToken  # extra `oidc`
        from httpx2 import HTTPError  # extra `oidc`
        from joserfc.errors import JoseError  # extra `oidc`

        try:
            with self._session() as client:
                described = self._described(client)
                token = client.fetch_token(
                    described["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=begun.verifier,
                )
                signed = self._signed(client, described, str(token["id_token"]))
            claims = CodeIDToken(
                signed.claims,
                signed.header,
                {
                    "iss": {"essential": True, "value": self._issuer},
                    "aud": {"essential": True, "value": self._client_id},
                },
                {
                    "nonce": begun.nonce,
                    "client_id": self._client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(now=now, leeway=_LEEWAY)
        except (AuthlibBaseError, JoseError, HTTPError, KeyError, ValueError):
            raise ProviderFailed from None
        if str(signed.header.get("typ", "JWT")).upper() != "JWT":
            # Signed by the provider for something else: an access token, a log-out token (ASVS 9.2.2).
            raise ProviderFailed
        return claims

    def _signed(self, client: Any, described: Mapping[str, Any], text: str) -> Any:
        from joserfc import jwt  # extra `oidc`
        from joserfc.jwk import KeySet  # extra `oidc`
        from joserfc.jws import JWSRegistry  # extra `oidc`

        offered = described.get("id_token_signing_alg_values_supported") or ["RS256"]
        answer = client.request("GET", described["jwks_uri"], withhold_token=True)
        answer.raise_for_status()
        registry = JWSRegistry(
            algorithms=sorted(_ALGORITHMS & set(offered)), strict_check_header=False
        )
        return jwt.decode(text, KeySet.import_key_set(answer.json()), registry=registry)

    def _described(self, client: Any) -> Mapping[str, Any]:
        from httpx2 import HTTPError  # extra `oidc`

        place = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            answer = client.request("GET", place, withhold_token=True)
            answer.raise_for_status()
            described: Mapping[str, Any] = answer.json()
        except (HTTPError, ValueError):
            raise ProviderFailed from None
        if described.get("issuer") != self._issuer:
            raise ProviderFailed
        return described

    def _session(self) -> Any:
        from authlib.integrations.httpx_client import OAuth2Client  # extra `oidc`

        return OAuth2Client(
            self._client_id,
            self._secret,
            scope="openid",
            redirect_uri=self._back,
            code_challenge_method="S256",
            timeout=_SECONDS,
        )
