"""The protection officer's pages, gathered: importing a module registers its routes."""

from __future__ import annotations

from app.web.protection import asking, care, decisions, glass, papers, queue, rights
from app.web.protection.routes import blueprint

__all__ = ["asking", "blueprint", "care", "decisions", "glass", "papers", "queue", "rights"]
