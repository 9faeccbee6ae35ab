"""The blueprint of the border official's pages; the modules beside it register their routes on it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("border", __name__)
