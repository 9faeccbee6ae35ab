"""Whether the packs of the folder are signed by two whom this deployment trusts.

With SERAI_PACK_TRUST a pack is refused unless an author and a reviewer signed exactly what it says on
the day. Without it (a demonstration, development) nothing is checked, and the pages say so.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from config.settings import Settings
from models.vault.signing import is_signed
from workflows.rules import canonical, signatures
from workflows.rules.faults import PackError
from workflows.rules.pack import Pack
from workflows.rules.pack_files import read_bytes
from workflows.rules.signatures import Signature, Trusted

#: Raises `PackError` for a pack that is not signed by two trusted keys.
Guard = Callable[[Pack], None]


def trusted_keys(file: Path) -> tuple[Trusted, ...]:
    """The keys of a trust file. Raises `PackError` naming the file."""
    return signatures.read_trust(read_bytes(file, str(file)), str(file))


def signatures_of(file: Path, name: str) -> tuple[Signature, ...]:
    """The signatures of a file; none where there is no file. Raises `PackError`."""
    return signatures.read_signatures(read_bytes(file, name), name) if file.exists() else ()


def why_not(raw: bytes, given: tuple[Signature, ...], trusted: tuple[Trusted, ...]) -> str:
    """Why canonical bytes do not count as signed by two; empty when they do."""
    return signatures.fault(raw, given, trusted, is_signed)


def guard(settings: Settings) -> Guard | None:
    """The check of packs that the settings ask for; None where none is.

    Raises:
        PackError: the trust file cannot be read.
    """
    if settings.pack_trust is None:
        return None
    return guarded(settings.packs, trusted_keys(settings.pack_trust))


def guarded(root: Path, trusted: tuple[Trusted, ...]) -> Guard:
    """A check of packs under `root` against the signatures in their folders."""

    def check(pack: Pack) -> None:
        name = f"{pack.code}/{signatures.FILE}"
        given = signatures_of(root / pack.code / signatures.FILE, name)
        reason = why_not(canonical.dump(pack), given, trusted)
        if reason:
            day = pack.on.isoformat()
            raise PackError(name, 0, f"{pack.name} on {day}: {reason}", "two trusted signatures")

    return check
