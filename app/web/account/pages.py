"""The pages of one's own account, gathered: importing a module registers its routes."""

from __future__ import annotations

from app.web.account import overview, passkeys, passwords, proving
from app.web.account.routes import blueprint

__all__ = ["blueprint", "overview", "passkeys", "passwords", "proving"]
