"""The protection officer's pages, gathered: importing a module registers its routes."""

from __future__ import annotations

from app.web.protection import (
    appointments,
    asking,
    care,
    childcare,
    decisions,
    flags,
    forms,
    glass,
    groups,
    notes,
    papers,
    queue,
    reception,
    rights,
    same_person,
    sites,
    steps,
    tasks,
    tracing,
    ways,
)
from app.web.protection.routes import blueprint

__all__ = [
    "appointments",
    "asking",
    "blueprint",
    "care",
    "childcare",
    "decisions",
    "flags",
    "forms",
    "glass",
    "groups",
    "notes",
    "papers",
    "queue",
]
__all__ += ["reception", "rights", "same_person", "sites", "steps", "tasks", "tracing", "ways"]
