"""The protection officer's pages, gathered: importing a module registers its routes."""

from __future__ import annotations

from app.web.protection import care, decisions, papers, queue
from app.web.protection.routes import blueprint

__all__ = ["blueprint", "care", "decisions", "papers", "queue"]
