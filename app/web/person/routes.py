"""The blueprint of the person's pages; the modules beside it register their routes on it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("person", __name__, url_prefix="/person")
