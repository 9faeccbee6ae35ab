"""The production entry: `gunicorn wsgi:app`.

Settings come from the environment (docs/reference/settings.md); a wrong one stops the start and
names itself. Nothing else belongs here.
"""

from __future__ import annotations

import os

from app.factory import create_app
from config.loading import load

app = create_app(load(os.environ))
