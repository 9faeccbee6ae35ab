"""The production entry: `gunicorn wsgi:app`.

Settings come from the environment (docs/reference/settings.md); a wrong one stops the start and
names itself. Nothing else belongs here.
"""

from __future__ import annotations

from app.factory import create_app
from config.loading import load_settings

app = create_app(load_settings())
