"""`python -m app.opener`: write the hashes of the page's style and script into its policy."""

from __future__ import annotations

from app.opener import PAGE, with_policy

PAGE.write_text(with_policy(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
