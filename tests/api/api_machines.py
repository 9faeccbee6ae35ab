"""What the tests of the API share: a clock, the product, and machines whose every answer is checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from api_contract import faults, template
from flask import Flask
from werkzeug.test import TestResponse

from models.session import Storage
from workflows import agreements, approvals
from workflows.accounts import SYSTEM_ACTOR, actor_of_token
from workflows.packs import Shelf
from workflows.work import begin

START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
POST = "korday"
OTHER_POST = "zhibek_zholy"
V1 = "/api/v1"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Machine:
    """Sends requests with one account's token."""

    app: Flask
    token: str | None
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self._checked(self._client().get(V1 + path, headers=self._all(headers)))

    def post(
        self, path: str, body: Any = None, *, key: str | None = "new", **headers: str
    ) -> TestResponse:
        """Write; with a key of its own unless one is given (None: none)."""
        sent = self._all(headers)
        if key is not None:
            sent["Idempotency-Key"] = uuid4().hex if key == "new" else key
        if body is None:
            return self._checked(self._client().post(V1 + path, headers=sent))
        sent.setdefault("Content-Type", "application/json")
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._checked(self._client().post(V1 + path, data=data, headers=sent))

    def _checked(self, answer: TestResponse) -> TestResponse:
        """Whatever comes back is what the document says, and carries no cookie."""
        document = self.app.extensions["serai_api_document"]
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        path, method = answer.request.path, answer.request.method
        if answer.status_code >= 400:
            shape: Any = {"$ref": "#/components/schemas/Problem"}
            assert answer.mimetype == "application/problem+json"
            assert answer.json["status"] == answer.status_code
            assert answer.json["type"] == f"urn:serai:{answer.json['code']}"
        if answer.status_code not in (404, 405):
            rule, _ = self.app.url_map.bind("localhost").match(path, method, return_rule=True)
            operation = document["paths"][template(rule.rule)][method.lower()]
            said = operation["responses"][str(answer.status_code)]
            if answer.status_code != 304:
                shape = said["content"][answer.mimetype]["schema"]
        if answer.status_code != 304:
            assert list(faults(document, shape, answer.json)) == []
        return answer

    def done(self, path: str, body: Any = None, **rest: Any) -> Any:
        """Write, and expect success."""
        answer = self.post(path, body, **rest)
        assert answer.status_code in (200, 201), answer.get_data(as_text=True)
        return answer.json

    def found(self, path: str) -> Any:
        """Read, and expect success."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.json

    def register(self, name: str = "Parwana", **more: Any) -> str:
        body = {"post": POST, "names": [{"text": name}], **more}
        return str(self.done("/arrivals", body)["case_number"])

    def informed(self, name: str = "Parwana", **more: Any) -> str:
        number = self.register(name, **more)
        told = {
            "language": "prs", "how": "read_aloud", "interpreter": "here", "understood": True,
        }  # fmt: skip
        self.done(f"/cases/{number}/information", told)
        return number

    def sent(self, desk: str | None = None) -> tuple[str, str, str]:
        """A case with a referral on the ground of best interest: (case, referral, desk)."""
        number = self.informed()
        self.done(f"/cases/{number}/answers", {"answers": {"fear_of_return": "yes"}})
        for need in self.found(f"/cases/{number}/proposals")["proposals"]:
            for choice in need["desks"]:
                if desk in (None, choice["desk"]):
                    body = {
                        "need_id": need["need_id"],
                        "desk": choice["desk"],
                        "legal_basis": "consent",
                        "consented": True,
                    }
                    sent = self.done(f"/cases/{number}/referrals", body)
                    return number, str(sent["number"]), str(choice["desk"])
        raise AssertionError(desk)

    def _all(self, headers: Mapping[str, str]) -> dict[str, str]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token is not None:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        return sent

    def _client(self) -> Any:
        return self.app.test_client(use_cookies=False)


@dataclass
class Product:
    """The application, its storage and clock, and a machine for each account."""

    app: Flask
    storage: Storage
    clock: Clock
    shelf: Shelf
    settings: Any
    users: dict[str, UUID]
    tokens: dict[str, str]

    def machine(self, name: str) -> Machine:
        return Machine(self.app, self.tokens[name])

    def approve(self) -> None:
        """The second supervisor says yes to whatever waits."""
        with self.work() as work:
            work.actor = actor_of_token(work.session, self.tokens["supervisor2"], work.now)
            for one in approvals.waiting(work):
                approvals.answer(work, one.id, one.version, approve=True)

    def agreed(self) -> str:
        """An agreement with a partner that both supervisors stand for."""
        command = agreements.RecordAgreement(
            partner="A ministry",
            purpose="Planning",
            signed_by="Its head",
            ends_on=self.clock.now.date() + timedelta(days=90),
        )
        with self.work() as work:
            work.actor = actor_of_token(work.session, self.tokens["supervisor"], work.now)
            made = agreements.record(work, command)
        with self.work() as work:
            work.actor = actor_of_token(work.session, self.tokens["supervisor2"], work.now)
            agreements.confirm(work, made, 1)
        return str(made)

    def work(self) -> Any:
        """A unit of work of the system, committed at its end."""
        return begin(
            self.storage,
            SYSTEM_ACTOR,
            now=self.clock.now,
            settings=self.settings,
            shelf=self.shelf,
        )
