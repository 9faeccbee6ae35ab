"""The production entry: `gunicorn wsgi:app`.

Settings come from the environment (docs/reference/settings.md); a wrong one stops the start and
names itself. Nothing else belongs here.
"""

from __future__ import annotations

import gc
import os

# What the start makes lives as long as the process. To look through all of it, over and over, for what
# nobody holds any more takes a sixth of the start (`dev.py bench`: 3.1 s with it, 2.7 s without).
gc.disable()

from app.factory import create_app  # noqa: E402  # after the line above
from config.loading import load  # noqa: E402  # likewise

app = create_app(load(os.environ))

# Neither do later collections look at it.
gc.freeze()
gc.enable()
