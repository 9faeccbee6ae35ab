"""The blueprint of the administrator's pages; the modules beside it register their routes on it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("administration", __name__)
