"""The accounts of a demonstration, with passwords and authenticator secrets in a file beside the data.

Only a demonstration has such a file: it makes sign-in easy for somebody who tries Serai out, and no account
of a real deployment is ever in it.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from app.work import utc_now
from models.vault.factors import code_at

FILE = "demonstration.json"


@dataclass(frozen=True)
class SignInCard:
    """One account: how to sign in, and who that is."""

    name: str
    password: str
    secret: str
    role: str
    who: str

    def code(self, at: datetime | None = None) -> str:
        """The authenticator's code of a moment (default: now)."""
        return code_at(self.secret, at or utc_now())


def write(folder: Path, cards: list[SignInCard]) -> None:
    """Keep the cards, readable by the owner only."""
    path = folder / FILE
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump([asdict(card) for card in cards], file, ensure_ascii=False, indent=1)


def read(folder: Path) -> list[SignInCard]:
    """The cards of this folder; empty where there is no demonstration."""
    try:
        text = (folder / FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return [SignInCard(**card) for card in json.loads(text)]
