"""An officer's browser as far as measuring needs one: cookies, redirects by hand, forms with their
hidden fields.

It speaks as the front server does that ends TLS (`X-Forwarded-Proto`), so the product runs in
production mode.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from app.demonstration.signins import SignInCard
from app.work import utc_now

_TYPED = "application/x-www-form-urlencoded"
#: Seconds for which a code of an authenticator is valid (RFC 6238).
_STEP = 30


class Unexpected(Exception):
    """The product answered something else than what is measured."""


@dataclass(frozen=True)
class Answer:
    """One answer, and how long it took on the wall."""

    status: int
    body: bytes
    location: str
    seconds: float

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


class _Fields(HTMLParser):
    """Hidden fields of the page's forms, by name; the last one of a name counts."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden" and given.get("name"):
            self.hidden[given["name"] or ""] = given.get("value") or ""
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")


def hidden_fields(page: str) -> dict[str, str]:
    """Name and value of every hidden field of a page."""
    reader = _Fields()
    reader.feed(page)
    return reader.hidden


def links(page: str) -> list[str]:
    """The addresses a page points to, in order."""
    reader = _Fields()
    reader.feed(page)
    return reader.links


@dataclass
class Visitor:
    """One browser at one server. Every request has a connection of its own, as behind a front server."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        """Fetch a page; raises `Unexpected` unless it is 200 or a redirect."""
        return self._send("GET", path, None)

    def post(self, path: str, typed: dict[str, str]) -> Answer:
        """Send a form."""
        return self._send("POST", path, urlencode(typed).encode())

    def _send(self, method: str, path: str, body: bytes | None) -> Answer:
        headers = {
            "Host": "serai.example",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "127.0.0.1",
            "Accept-Language": "en",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if body is not None:
            headers |= {"Content-Type": _TYPED, "Sec-Fetch-Site": "same-origin"}
        began = time.perf_counter()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, path, body, headers)
            got = connection.getresponse()
            content = got.read()
            seconds = time.perf_counter() - began
        finally:
            connection.close()
        for line in got.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        if got.status not in (200, 303):
            raise Unexpected(f"{method} {path} answered {got.status}")
        return Answer(got.status, content, got.headers.get("Location", ""), seconds)

    def sign_in(self, card: SignInCard) -> None:
        """Sign in with password and code, as an officer does. Waits for a fresh code where one was used."""
        for _ in range(2):
            typed = hidden_fields(self.get("/sign-in").text)
            typed |= {"name": card.name, "password": card.password, "code": card.code()}
            try:
                if self.post("/sign-in", typed).status == 303:
                    return
            except Unexpected:
                time.sleep(_STEP - utc_now().timestamp() % _STEP + 0.5)
        raise Unexpected(f"{card.name} could not sign in")
