"""The blueprint of one's own account; the modules beside it register their routes on it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("account", __name__, url_prefix="/account")
