"""Finds the address of each page the way a person would: from page to page, by what is linked there."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.policy.surface import token_in
from tests.screens.ground import Ground
from tests.screens.ways import Way

#: So many links of a kind are tried on one page before the way is given up.
TRIED = 15


class Finder:
    """Browsers of the accounts, without a screen. `ground` has the demonstration's application."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.clients: dict[str, FlaskClient] = {}
        self.pages: dict[tuple[str, str], BeautifulSoup | None] = {}
        self.adapter = ground.app.url_map.bind("127.0.0.1")

    def address(self, endpoint: str, way: Way) -> str | None:
        """Where the page is; None where no link leads to it."""
        steps, start = list(way.via), way.start.format(**self.ground.things)
        if self.endpoint_of(start) != endpoint:
            steps.append(endpoint)
        return start if way.alone else self._along(way.who, start, steps)

    def endpoint_of(self, path: str) -> str | None:
        """The endpoint that answers GET at a path."""
        try:
            found = self.adapter.match(urlsplit(path).path, method="GET")
        except (HTTPException, RequestRedirect):
            return None
        return str(found[0])

    def client(self, who: str) -> FlaskClient:
        """The browser of somebody, signed in."""
        if who not in self.clients:
            self.clients[who] = self.fresh(who)
        return self.clients[who]

    def fresh(self, who: str) -> FlaskClient:
        """One more browser of somebody, with a session of its own."""
        client = self.ground.app.test_client()
        if who == "person":
            page = client.get("/person").get_data(as_text=True)
            number, code = self.ground.receipt
            typed = {"csrf_token": token_in(page), "number": number, "code": code}
            if client.post("/person", data=typed).status_code != 303:
                raise LookupError("the receipt opens nothing")
        elif who != "nobody":
            client.set_cookie("serai", self.ground.session_of(who))
        return client

    def _along(self, who: str, path: str, steps: list[str]) -> str | None:
        page = self._page(who, path)
        if page is None:
            return None
        if not steps:
            return path
        leading = (
            link for link in dict.fromkeys(links(page)) if self.endpoint_of(link) == steps[0]
        )
        for _, link in zip(range(TRIED), leading, strict=False):
            found = self._along(who, link, steps[1:])
            if found is not None:
                return found
        return None

    def _page(self, who: str, path: str) -> BeautifulSoup | None:
        if (who, path) not in self.pages:
            answer = self.client(who).get(path)
            whole = answer.status_code == 200 and answer.mimetype == "text/html"
            self.pages[who, path] = (
                BeautifulSoup(answer.get_data(as_text=True), "html.parser") if whole else None
            )
        return self.pages[who, path]


def links(page: BeautifulSoup) -> Iterator[str]:
    """Where a page leads without sending anything: links, and forms that ask by address."""
    for tag in page.select("a[href^='/'], a[href^='?']"):
        yield str(tag["href"])
    for form in page.find_all("form"):
        where = str(form.get("action") or "")
        if where.startswith("/") and form.get("method", "get").lower() == "get":
            yield f"{where}?{urlencode(dict(_chosen(form)))}".rstrip("?")


def _chosen(form: Tag) -> Iterator[tuple[str, str]]:
    for field in form.select("input[type=hidden][name], button[name]"):
        yield str(field["name"]), str(field.get("value") or "")
    for field in form.select("input[type=radio][name][checked]"):
        yield str(field["name"]), str(field.get("value") or "")
    for group in form.select("select[name]"):
        option = group.select_one("option[selected]") or group.select_one("option")
        if option is not None:
            yield str(group["name"]), str(option.get("value") or "")
