"""The border official's pages, gathered: importing a module registers its routes."""

from __future__ import annotations

from app.web.border import (
    asking,
    consents,
    families,
    groups,
    lists,
    outcomes,
    papers,
    questions,
    receipts,
    referring,
    registration,
    rights,
    scenarios,
    screening,
    turning,
    zone,
)
from app.web.border.routes import blueprint

__all__ = [
    "asking",
    "blueprint",
    "consents",
    "families",
    "groups",
    "lists",
    "outcomes",
    "papers",
    "questions",
    "receipts",
    "referring",
    "registration",
    "rights",
    "scenarios",
    "screening",
    "turning",
    "zone",
]
