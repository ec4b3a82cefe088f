"""A browser without a screen: opens the sign-in page, fills the form in, follows to the console."""

import base64
import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

ORIGIN = "http://127.0.0.1:8420"
BACK = f"{ORIGIN}/signed-in"


@dataclass
class Browser:
    """One console's sign-in; the verifier never leaves it."""

    http: httpx.AsyncClient
    client_id: str = "console"
    back: str = BACK
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def wish(self, **more: Any) -> dict[str, str]:
        """Return the parameters of an authorization request."""
        digest = sha256(self.verifier.encode()).digest()
        wish = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.back,
            "scope": "openid profile",
            "state": "s1",
            "nonce": "n1",
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
            **more,
        }
        return {name: value for name, value in wish.items() if value is not None}

    async def open(self, **more: Any) -> httpx.Response:
        """Open the page."""
        return await self.http.get("/oidc/authorize", params=self.wish(**more))

    async def fill_in(
        self, name: str, password: str, *, headers: dict[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        """Open the page and send the form."""
        page = await self.open(**more)
        found = re.search(r'name="proof" value="(\w+)"', page.text)
        form = {"name": name, "password": password, "proof": found[1] if found else ""}
        return await self.http.post(
            "/oidc/authorize", params=self.wish(**more), data=form, headers=headers or {}
        )

    async def code(self, name: str, password: str, **more: Any) -> str:
        """Sign in and return the code that the console gets."""
        response = await self.fill_in(name, password, **more)
        assert response.status_code == 303, response.text
        told = parse_qs(urlsplit(response.headers["location"]).query)
        assert told["state"] == ["s1"]
        return told["code"][0]

    async def exchange(self, code: str, **more: Any) -> httpx.Response:
        """Exchange a code for tokens."""
        asked = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "code": code,
            "redirect_uri": self.back,
            "code_verifier": self.verifier,
            **more,
        }
        return await self.http.post("/oidc/token", data=asked)

    async def refresh(self, token: str, **more: Any) -> httpx.Response:
        """Exchange a refresh token for the next ones."""
        asked = {"grant_type": "refresh_token", "client_id": self.client_id, **more}
        return await self.http.post("/oidc/token", data={**asked, "refresh_token": token})
