"""The person's pages; importing this registers their routes."""

from __future__ import annotations

from app.web.person import asking, entering, leaflet
from app.web.person.routes import blueprint

__all__ = ["asking", "blueprint", "entering", "leaflet"]
