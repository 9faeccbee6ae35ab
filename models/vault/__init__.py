"""All that seals and opens. Import from its modules: `models.vault.sealed`, `models.vault.vault`, ..."""

from __future__ import annotations
