"""Small populations over small code lists, and the attacker, for the tests of disclosure control."""

from __future__ import annotations

import sys
from pathlib import Path

# importlib mode puts no test folder on the path, and the attacker is shared by two test files.
sys.path.insert(0, str(Path(__file__).parent))
