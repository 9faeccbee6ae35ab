"""The administrator's pages, gathered: importing a module registers its routes."""

from __future__ import annotations

from app.web.administration import accounts, health, keys, letters, places
from app.web.administration.routes import blueprint

__all__ = ["accounts", "blueprint", "health", "keys", "letters", "places"]
