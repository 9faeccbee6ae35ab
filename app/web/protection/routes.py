"""The blueprint of the protection officer's pages; the modules beside it register their routes on it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("protection", __name__)
