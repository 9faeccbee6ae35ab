"""Where a text is read that a language does not have yet: the next of its script, in the end English.

A catalogue may be gone, damaged, or hold a translation that lost a placeholder. None of these breaks a page:
such a text is read in the next language of the row.
"""

from __future__ import annotations

import logging
import re
import struct
from functools import cache, cached_property, lru_cache
from gettext import NullTranslations
from pathlib import Path

from babel.messages.mofile import read_mo
from babel.support import Translations
from flask_babel import Babel, Domain
from flask_babel import get_locale as babel_locale

from config.codes import read_in

_log = logging.getLogger(__name__)

#: The share of the interface's words from which a language is offered without a word of warning.
READY = 0.95
#: Where the catalogues are, and the list of what may be missing in none.
CATALOGUES = Path(__file__).parent / "translations"
CRITICAL = CATALOGUES / "critical.txt"
#: What English is in.
SOURCE = "en"
_ENTRY = re.compile(r"^msgid ", re.MULTILINE)
#: `%(name)s`, and `{name}` which the browser fills in.
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


@lru_cache(maxsize=16384)
def fits(english: str, said: str) -> bool:
    """Whether `said` can stand for `english`: the same placeholders and no other per cent sign."""
    if set(PLACEHOLDER.findall(english)) != set(PLACEHOLDER.findall(said)):
        return False
    return _stray(english) == _stray(said)


def _stray(text: str) -> bool:
    return "%" in PLACEHOLDER.sub("", text).replace("%%", "")


class Row(NullTranslations):
    """The catalogues of one row of languages, read one after the other."""

    def __init__(self, catalogues: tuple[NullTranslations, ...]) -> None:
        super().__init__()
        self.catalogues = catalogues

    # The names of the parameters are those of the standard library.

    def gettext(self, message: str) -> str:
        """The first translation that fits, or the English."""
        for one in self.catalogues:
            said = one.gettext(message)
            if said and said != message and fits(message, said):
                return said
        return message

    def pgettext(self, context: str, message: str) -> str:
        """The same for a message with a context."""
        for one in self.catalogues:
            said = one.pgettext(context, message)
            if said and said != message and fits(message, said):
                return said
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The first plural form that fits either English one; each catalogue counts by its own rule."""
        for one in self.catalogues:
            said = one.ngettext(msgid1, msgid2, n)
            if said not in ("", msgid1, msgid2) and (fits(msgid1, said) or fits(msgid2, said)):
                return said
        return msgid1 if n == 1 else msgid2

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        """The same with a context."""
        for one in self.catalogues:
            said = one.npgettext(context, msgid1, msgid2, n)
            if said not in ("", msgid1, msgid2) and (fits(msgid1, said) or fits(msgid2, said)):
                return said
        return msgid1 if n == 1 else msgid2

    # What Flask-Babel calls them.
    ugettext, ungettext, upgettext, unpgettext = gettext, ngettext, pgettext, npgettext


class Catalogues(Domain):
    """Flask-Babel's domain, with rows of languages in place of single ones."""

    def get_translations(self) -> NullTranslations:
        """The row of the language at hand, kept once read."""
        code = str(babel_locale() or SOURCE)
        found: NullTranslations | None = self.cache.get(code)
        if found is None:
            folders = [Path(folder) for folder in self.translation_directories]
            found = Row(tuple(read(folder, one) for folder in folders for one in read_in(code)))
            self.cache[code] = found
        return found


class Languages(Babel):
    """Flask-Babel with our domain."""

    @cached_property
    def domain_instance(self) -> Catalogues:
        """One for each application, since tests have catalogues of their own."""
        return Catalogues()


def read(folder: Path, code: str) -> NullTranslations:
    """One compiled catalogue; an empty one where the file is not there or cannot be read."""
    path = folder / code / "LC_MESSAGES" / "messages.mo"
    if code == SOURCE and not path.exists():
        return NullTranslations()
    try:
        with path.open("rb") as file:
            return Translations(file, domain="messages")
    except (OSError, UnicodeDecodeError, struct.error, ValueError, KeyError, IndexError) as fault:
        _log.warning("the catalogue of %s cannot be read: %s", code, type(fault).__name__)
        return NullTranslations()


@cache
def completeness(folder: Path, code: str) -> float:
    """The share of the interface's words that `code` has itself, in 0..1; 1 for English."""
    if code == SOURCE:
        return 1.0
    template = folder / "messages.pot"
    path = folder / code / "LC_MESSAGES" / "messages.mo"
    try:
        every = len(_ENTRY.findall(template.read_text(encoding="utf-8")))
        with path.open("rb") as file:
            held = sum(1 for message in read_mo(file) if message.id)
    except (OSError, UnicodeDecodeError, struct.error, ValueError, KeyError, IndexError):
        return 0.0
    return held / every if every else 0.0


def ready(folder: Path, code: str) -> bool:
    """Whether a language is offered as any other; below the threshold it is *in preparation*."""
    return completeness(folder, code) >= READY


def critical() -> tuple[str, ...]:
    """The English of the texts that must be there in every language offered, from their list."""
    lines = CRITICAL.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("# "))
