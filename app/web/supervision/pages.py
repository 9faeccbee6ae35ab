"""The supervisor"s and the monitor's pages, gathered: importing a module registers its routes."""

from __future__ import annotations

from app.web.supervision import (
    board,
    checkpoints,
    clocks,
    complaints,
    exports,
    fairness,
    focal,
    handing_over,
    keeping,
    occupancy,
    partners,
    published,
    reopening,
    reports,
    rules,
    trying,
    version_files,
    versions,
    watch,
    watching,
    ways,
)
from app.web.supervision.routes import blueprint

__all__ = [
    "blueprint",
    "board",
    "checkpoints",
    "clocks",
    "complaints",
    "exports",
    "fairness",
    "focal",
    "handing_over",
    "keeping",
    "occupancy",
    "partners",
    "published",
    "reopening",
    "reports",
    "rules",
    "trying",
    "version_files",
    "versions",
    "watch",
    "watching",
    "ways",
]
