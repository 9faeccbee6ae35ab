"""The blueprint of the supervisor's and the monitor's pages; the modules beside it register their
routes on it.
"""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("supervision", __name__)
