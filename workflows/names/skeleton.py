"""Turn a folded token into class letters, and those into the consonant skeleton that is keyed.

Class letters are plain ASCII: consonant classes in upper case, the same for every script; vowels in
lower case, kept for ranking and left out of the skeleton. Not phonetics of one language: the
classes follow what officials of the region write for each other's letters.

Lower case: a e i o u; q ä/ə, z ы/ı, f ö, v ü, y й; x the linking vowel of -uddin and -ulla. In
Arabic script without short vowels: l long alef, w و, j ی, h final heh, c ayn, hamza or the bearer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from workflows.names.fold import Script, Token

MOST_FORMS = 4


@dataclass(frozen=True, slots=True)
class Form:
    """One reading of a token: class letters, the ending set aside, and the skeleton keyed.

    `ending`: "" none, "m" and "f" the Russified -ov and -ova, "p" and "q" patronymics (-ovich,
    -ovna). `first` is False for a variant reading.
    """

    letters: str
    ending: str
    skeleton: str
    first: bool = True


def _map(letters: str, classes: str) -> dict[str, str]:
    """One class letter for each letter; a dot stands for nothing."""
    return {
        letter: "" if letter_class == "." else letter_class
        for letter, letter_class in zip(letters, classes, strict=True)
    }


def _groups(pairs: str) -> dict[str, str]:
    """`sh=X kh=H` as a mapping."""
    return dict(pair.split("=") for pair in pairs.split())


_LATIN = _map("abcdefghijklmnopqrstuvwxyz", "aBJDeFGHiJKLMNoPKRSTuVVHyZ") | _map(
    "çčćşșšžğġňŋñıəäæöøœüýțţđðþłʻǧ", "CCCXXXJGGNNNzqqqfffvySSDZSL.J"
)
_LATIN_GROUPS = _groups(
    "shch=X sch=X sh=X tch=C ch=C dzh=J zh=J dj=J kh=H gh=G ph=F ts=S ck=K ng=N gʻ=G oʻ=o "
    "oo=u ee=i ou=u aa=a yy=y"
)
_CYRILLIC = _map("абвгдежзийклмнопрст", "aBVGDeJZiyKLMNoPRST") | _map(
    "уфхцчшщыэіүұӯөәғқҳһңҷҗўъьёюяӣїєґ", "uFHSCXXzeivuufqGKHHNJJo..fvaiieG"
)
_CYRILLIC_GROUPS = _groups("дж=J тц=S тс=S нг=N аа=a оо=o ее=e")
_ARABIC_CONSONANTS = _map("قکكگغګخحهھجژږشښسصثڅ", "KKKGGGHHHHJJJXXSSSS") | _map(
    "زذضظځتطټدډنڼڭرړچپبفلمۋ", "ZZZZZTTTDDNNNRRCPBFLMV"
)
_ABJAD = _ARABIC_CONSONANTS | _map("اآویىېۍےعئؤءةەۇۆۈ", "llwjjjjjccw.hhwww")
_ARABIC_FULL = _ARABIC_CONSONANTS | _map("اآویىېەۇۆۈعئءةؤےۍ", "aaoyiequfvG..qoei")


def _grouped(groups: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(groups, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)))


_LATIN_GROUP = _grouped(_LATIN_GROUPS)
_CYRILLIC_GROUP = _grouped(_CYRILLIC_GROUPS)

# Endings, longest first; the stem keeps at least two letters.
_ENDINGS: dict[Script, tuple[tuple[re.Pattern[str], str], ...]] = {
    Script.LATIN: (
        (re.compile(r"(?<=...)[yý]?[oe]vi(?:ch|č|ç)$"), "p"),
        (re.compile(r"(?<=...)[yý]?[oe]vna$"), "q"),
        (re.compile(r"(?<=..)(?:[yý]?e|o)[vw]a$"), "f"),
        (re.compile(r"(?<=..)(?:[yý]?e|o)(?:v|w|ff)$"), "m"),
    ),
    Script.CYRILLIC: (
        (re.compile(r"(?<=...)[оеё]вич$"), "p"),
        (re.compile(r"(?<=...)[оеё]вна$"), "q"),
        (re.compile(r"(?<=..)[оеё]ва$"), "f"),
        (re.compile(r"(?<=..)[оеё]в$"), "m"),
    ),
    Script.ABJAD: (
        (re.compile(r"(?<=...)(?:ی?و|ا)وا$"), "f"),
        (re.compile(r"(?<=...)(?:[یئ]?و|ا)ف$|(?<=..ا)[یئ]ی?ف$"), "m"),
        (re.compile(r"(?<=...)(?:ی|ه)?وا$"), "f"),
    ),
    Script.ARABIC_FULL: (
        (re.compile(r"(?<=..)(?:[وەېۇ]?[ۆۋ])ا$"), "f"),
        (re.compile(r"(?<=..)[وەېۇ]?[ۆۋ]$"), "m"),
    ),
}
# Names whose final ی is read a (alef maqsura): a closed class of Arabic orthography.
_ENDS_IN_A = frozenset(
    "موسی عیسی یحیی مصطفی مرتضی مجتبی لیلی سلمی کبری صغری عظمی بشری هدی ضحی طوبی یسری منی "
    "نجوی سلوی".split()
)
_VOWELS = "aeiouqzfvyxlwjhc"
_LINKING = re.compile(rf"(?<=[A-Z{_VOWELS}])[{_VOWELS}](?=(?:DD?[ieq]N|LL?[aoelh]H?)$)")
_SUN = "TDRZSXLN"
_ABD_ARTICLE = re.compile(rf"^([{_VOWELS}]BD)[{_VOWELS}]+(?:L(?=[A-Z]))?(?=[A-Z])")
_LONG_ARTICLE = re.compile(
    rf"((?:[A-Z][{_VOWELS}]*){{2}}(?<=[A-Z{_VOWELS}]))l(?=L[A-KM-Z][{_VOWELS}]*[A-Z])"
)
_DIN_ARTICLE = re.compile(r"lLDj?N$")
_ALLAH = re.compile(r"(?<=.)l(?=Lh$)")
_INNER_ARTICLE = re.compile(rf"^(.*[A-Z][{_VOWELS}]*)lL(?=[{_SUN}].*[A-Z])")
_DIPHTHONG = re.compile(r"(?<=[aeouqfv])i")  # Husain, Hussein, Husayn; ی in Arabic script
_DOUBLED = re.compile(r"(.)\1+")
_SHORT = re.compile(rf"[{_VOWELS}V]+")


def skeleton(letters: str) -> str:
    """A or V for how it begins, then the consonants without V: `aHMaD` gives `AHMD`."""
    if not letters:
        return ""
    start = "V" if letters[0] == "V" else "A" if letters[0].islower() else ""
    return start + _SHORT.sub("", letters)


def _single(char: str) -> str:
    """The class of a Latin letter with marks: its own, or that of the letter without them."""
    found = _LATIN.get(char)
    if found is None:
        found = _LATIN.get(unicodedata.normalize("NFD", char)[0], "")
    return found


def _latin(text: str) -> str:
    parts: list[str] = []
    at = 0
    for match in _LATIN_GROUP.finditer(text):
        parts.extend(map(_single, text[at : match.start()]))
        parts.append(_LATIN_GROUPS[match.group()])
        at = match.end()
    parts.extend(map(_single, text[at:]))
    letters = "".join(parts)
    if len(letters) > 2 and letters.endswith("H") and text.endswith("h"):
        before = letters[-2]
        if before.islower() and not text.endswith("kh"):
            letters = letters[:-1]  # a final h after a vowel is silent: Fatimah, Shah
    return letters


def _cyrillic(text: str) -> str:
    parts: list[str] = []
    previous = ""
    at = 0
    while at < len(text):
        pair = text[at : at + 2]
        char = text[at]
        if pair in _CYRILLIC_GROUPS:
            parts.append(_CYRILLIC_GROUPS[pair])
            at += 2
        else:
            if char in "ёюя" and not previous.isupper():  # at the start and after a vowel
                parts.append({"ё": "yo", "ю": "yu", "я": "ya"}[char])
            else:
                parts.append(_CYRILLIC.get(char, ""))
            at += 1
        previous = parts[-1][-1:] or previous
    return "".join(parts)


def _abjad(text: str) -> str:
    text = text.replace("لله", "له").replace("خوا", "خا")
    if text.startswith("عبدال") and len(text) > 6:  # what follows the article begins anew
        rest = _abjad(text[5:])
        return "cBDx" + ("L" if rest[:1].islower() else "") + rest
    if text in _ENDS_IN_A:
        text = text[:-1] + "ا"
    text = text.replace("یی", "ی")
    letters = [_ABJAD.get(char, "") for char in text]
    if text[0] in "اآ":
        letters[0] = "l" if text[0] == "آ" else "c"
        if letters[1:2] in (["w"], ["j"]) and len(letters) > 2:
            letters[0] = ""  # the bearer of a long vowel says nothing itself
    elif text[0] == "و":
        letters[0] = "V"
    if text[-1] in "هة" and len(letters) > 1:
        letters[-1] = "" if letters[-2].islower() and letters[-2] != "c" else "h"
    return "".join(letters)


def _letters(text: str, script: Script) -> str:
    """Class letters of a token without its ending; doubled letters once where script doubles."""
    if script is Script.LATIN:
        letters = _latin(text)
    elif script is Script.CYRILLIC:
        letters = _cyrillic(text)
    elif script is Script.ARABIC_FULL:
        letters = "".join(_ARABIC_FULL.get(char, "") for char in text)
    else:
        letters = _abjad(text)
    letters = _DIPHTHONG.sub("y", letters.replace("NG", "N"))
    letters = _ABD_ARTICLE.sub(r"\1x", letters)
    if script is Script.ABJAD:
        letters = _ALLAH.sub("x", _DIN_ARTICLE.sub("xDjN", letters))
        return _LONG_ARTICLE.sub(r"\1x", letters)
    return _LINKING.sub("x", _DOUBLED.sub(r"\1", letters))


def _cyrillic_readings(text: str, _hint: str) -> list[str]:
    found: list[str] = []
    if text[0] == "г":
        found.append("х" + text[1:])
    if text[-1] in "хҳ":
        found.append(text[:-1])
    if "дж" in text[1:]:
        found.append(text[0] + text[1:].replace("дж", "д·ж"))  # Саид-джон
    return found


def _latin_readings(text: str, hint: str) -> list[str]:
    replaced = _LATIN_READINGS + ((("q", "g"),) if hint == "az" else ())
    found = [text.replace(written, meant) for written, meant in replaced if written in text]
    if "dj" in text[1:]:
        found.append(text[0] + text[1:].replace("dj", "d·j"))
    if hint == "tk" and text[0] == "g":
        found.append("q" + text[1:])
    return found


def _abjad_readings(text: str, _hint: str) -> list[str]:
    found: list[str] = []
    if text.startswith("ال") and len(text) > 4:
        found.append(text[2:])
    if "ښ" in text or "ږ" in text:
        found.append(text.replace("ښ", "خ").replace("ږ", "گ"))
    return found


# Spellings of the same token that another clerk would have meant; each is keyed as well.
_LATIN_READINGS = (
    ("gh", "q"),
    ("ğ", "q"),
    ("gʻ", "q"),
    ("th", "s"),
    ("dh", "z"),
    ("x", "ks"),
)
_READINGS = {
    Script.CYRILLIC: _cyrillic_readings,
    Script.LATIN: _latin_readings,
    Script.ABJAD: _abjad_readings,
}


def hint_of(tokens: Iterable[Token]) -> str:
    """`az` or `tk` when letters of the name belong to that alphabet alone, else empty.

    Azerbaijani q is Russian г (Qasımov, Гасымов); Turkmen g is often Russian к (Garaýew, Караев).
    """
    seen = "".join(token.text for token in tokens if token.script is Script.LATIN)
    if "ə" in seen:
        return "az"
    return "tk" if any(char in seen for char in "ýňž") else ""


def _form(text: str, script: Script, ending: str, *, first: bool) -> Form:
    letters = _letters(text, script)
    return Form(letters, ending, skeleton(letters), first)


def _stems(token: Token) -> list[tuple[str, str]]:
    """The token without its ending, and where the ending is uncertain also whole."""
    for pattern, ending in _ENDINGS.get(token.script, ()):
        match = pattern.search(token.text)
        if match:
            stem = (token.text[: match.start()], ending)
            return [stem, (token.text, "")] if token.script is Script.ABJAD else [stem]
    return [(token.text, "")]


def forms(token: Token, hint: str = "") -> tuple[Form, ...]:
    """The readings of a token, the plainest first, at most four; empty skeletons left out.

    A token in a script without a table (Chinese, Georgian, ...) stands for itself only: ask for the
    passport's Latin line as a further name form.
    """
    if token.script is Script.OTHER:
        return (Form("=" + token.text, "", "=" + token.text),)
    made: dict[tuple[str, str], Form] = {}
    for number, (stem, ending) in enumerate(_stems(token)):
        form = _form(stem, token.script, ending, first=number == 0)
        made.setdefault((form.skeleton, ending), form)
        if token.script is Script.ABJAD and (match := _INNER_ARTICLE.match(form.letters)):
            letters = f"{match.group(1)}x{form.letters[match.end() :]}"
            made.setdefault(
                (skeleton(letters), ending), Form(letters, ending, skeleton(letters), False)
            )
        other = _READINGS.get(token.script)
        for reading in filter(None, other(stem, hint) if other else ()):
            variant = _form(reading, token.script, ending, first=False)
            made.setdefault((variant.skeleton, ending), variant)
    return tuple(form for form in made.values() if form.skeleton)[:MOST_FORMS]
