"""Fold a name as it was typed into lower-case tokens, each with its script.

Not a transliteration and not for display: what the person wrote stays what it is elsewhere. Any
text is accepted, control characters, lone surrogates and pictures included.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

FOLDING = 1
"""Version of the folding; it is part of every key, so that a change makes a re-index visible."""

MOST_TOKENS = 8
MOST_LETTERS = 40


class Script(StrEnum):
    """The writing a token is in; ABJAD leaves short vowels out, ARABIC_FULL writes all of them."""

    LATIN = "latin"
    CYRILLIC = "cyrillic"
    ABJAD = "abjad"
    ARABIC_FULL = "arabic_full"
    OTHER = "other"

    @property
    def family(self) -> str:
        """What a reader would call the script: both Arabic alphabets are one."""
        return "arabic" if self in (Script.ABJAD, Script.ARABIC_FULL) else self.value


@dataclass(frozen=True, slots=True)
class Token:
    """One folded word of a name; `link` is an article that stood before it and was set aside."""

    text: str
    script: Script
    link: str = ""


APOSTROPHES = "'`´‘’‛′＇ʹʻʼʽʾʿˈˋ"
TURNED = "ʻ"  # what is kept of them: only in the Uzbek letters oʻ and gʻ
_BEFORE = str.maketrans(dict.fromkeys(APOSTROPHES, TURNED) | {"İ": "i", "ـ": "", "ٴ": ""})
_ARABIC_SAME = str.maketrans(
    {"ي": "ی", "ك": "ک", "ہ": "ه", "ۂ": "ه", "ۀ": "ه", "أ": "ا", "إ": "ا", "ٱ": "ا"}
)
# An article written with a hyphen, assimilated or not, becomes the plain article `al`.
_ARTICLE = re.compile(r"(?<![^\s,.])(?:al|ar|as|ash|at|an|ad|az|el|ul|ur|us|ud|un|uz)[-‐‑](?=\w)")
_PLAIN = re.compile(r"[A-Za-z ]*")
_TURNED_ELSEWHERE = re.compile(f"(?<![og]){TURNED}")

ARTICLES = frozenset({"al", "el", "аль", "ал", "эль", "ال"})
LINKS = frozenset(
    "ul ud ur us uz un ol od id уль ул уд ур ус уз ун".split()  # Nur ul Haq, Zia ud Din
)
JOIN_TO_PREVIOUS = frozenset(
    "ulla ullah olla ollah alla allah allo alloh ullo ulloh illa illo din deen ddin uddin iddin "
    "eddin addin улла уллах улло уллох олло оллох алла аллах алло аллоҳ уллоҳ дин уддин иддин "
    "эддин الله الدین".split()
)
JOIN_TO_NEXT = frozenset(
    "abd abdul abdol abdal abdel abdur abdus abdu عبد عبدال абд абдул абдель абдур абду".split()
)
PARTICLES = frozenset(
    # son of, daughter of: they say nothing about who it is and stand in half of all names
    "oʻgʻli ogʻli ogli ugli oglu ogly oğlu qizi kizi kyzy gyzy qızı qyzy uly uulu ibn bin bint "
    "ўғли угли оглы оглу қизи кизи кызы қызы ұлы улы уулу ибн بن ابن بنت ولد".split()
)

# Latin letters that look like Cyrillic ones and get typed into Cyrillic words, and the reverse.
_LOOKALIKES = ("aceopxyikm", "асеорхуікм")
_TO_CYRILLIC = str.maketrans(*_LOOKALIKES)
_TO_LATIN = str.maketrans(*reversed(_LOOKALIKES))
_FULL_MARKS = frozenset("ەۇۆۈۋ")
_PASHTO_MARKS = frozenset("ځڅډړږښګڼټۍ")


def _clean_once(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.translate(_BEFORE))
    text = unicodedata.normalize("NFKC", text.casefold()).translate(_BEFORE)
    text = _ARTICLE.sub("al ", text)
    kept: list[str] = []
    for char in text:
        if "a" <= char <= "z":
            kept.append(char)
            continue
        kind = unicodedata.category(char)
        if kind[0] == "L":
            kept.append(char)
        elif kind[0] != "M" and kind != "Cf":  # marks and zero-width signs vanish, the rest parts
            kept.append(" ")
    text = "".join(kept).translate(_ARABIC_SAME)
    return " ".join(_TURNED_ELSEWHERE.sub("", text).split())


def fold(text: str) -> str:
    """Lower-case letters and single spaces; idempotent, total on any text.

    NFKC, case folding, without tatweel, vowel marks, zero-width and direction marks; everything
    that is no letter parts words. Unicode's own foldings are not idempotent for every sequence, so
    the step is repeated until nothing changes.
    """
    if _PLAIN.fullmatch(text):
        return " ".join(text.lower().split())
    before = _clean_once(text)
    while (after := _clean_once(before)) != before:
        before = after
    return before


def script_of(word: str) -> Script:
    """The script most letters of a folded word are in."""
    latin = cyrillic = arabic = other = 0
    for char in word:
        if char < "Ͱ" or "Ḁ" <= char <= "ỿ":
            latin += 1
        elif "Ѐ" <= char <= "ԯ":
            cyrillic += 1
        elif "؀" <= char <= "ۿ" or "ݐ" <= char <= "ݿ":
            arabic += 1
        else:
            other += 1
    most = max(latin, cyrillic, arabic, other)
    if not most or most == other:
        return Script.OTHER
    if most == arabic:
        marks = set(word)
        full = marks & _FULL_MARKS and not marks & _PASHTO_MARKS
        return Script.ARABIC_FULL if full else Script.ABJAD
    return Script.LATIN if most == latin else Script.CYRILLIC


def _token(word: str, link: str = "") -> Token:
    script = script_of(word)
    if script is Script.CYRILLIC:
        word = word.translate(_TO_CYRILLIC)
    elif script is Script.LATIN:
        word = word.translate(_TO_LATIN)
    return Token(word[:MOST_LETTERS], script, link)


def _joined(words: list[str]) -> list[tuple[str, str]]:
    """Words after joining what is one name in parts, each with the article before it."""
    done: list[tuple[str, str]] = []
    glue = False  # the word before asked to be joined to this one
    link = ""
    for at, word in enumerate(words):
        last = at == len(words) - 1
        if done and (glue or word in JOIN_TO_PREVIOUS):
            done[-1] = (done[-1][0] + word, done[-1][1])
            glue = word in LINKS | ARTICLES and not last
        elif word in LINKS and done and not last:
            done[-1] = (done[-1][0] + word, done[-1][1])
            glue = True
            continue
        elif word in ARTICLES and not last:
            link = word
            continue
        else:
            done.append((word, link))
            glue = False
        if word in JOIN_TO_NEXT and not last:
            glue = True
        link = ""
    return done


def tokens(text: str) -> tuple[Token, ...]:
    """The words of a name, parts of one word joined, particles left out; at most eight.

    Abd al-Rahman, Abdul Rahman and عبدالرحمن are one word each; Hamid Ullah too. An address pasted
    into a name field gives its first eight words and no more.
    """
    found = _joined(fold(text).split()[: 2 * MOST_TOKENS])
    named = [(word, link) for word, link in found if word not in PARTICLES]
    if len(named) < 2:
        named = found
    made = [_token(word, link) for word, link in named[:MOST_TOKENS]]
    if {token.script for token in made} >= {Script.ABJAD, Script.ARABIC_FULL}:
        # An alphabet belongs to the whole name: one word with Uyghur vowels decides for the rest.
        made = [
            Token(t.text, Script.ARABIC_FULL, t.link) if t.script is Script.ABJAD else t
            for t in made
        ]
    return tuple(made)
