"""`python -m app.cli`: the console script without an installed entry point."""

from __future__ import annotations

from app.cli import main

if __name__ == "__main__":
    main()
