"""Which language a reader reads, in which direction, and how dates, times and names are written.

The order is: `?lang=` on a page (which sets a cookie and goes back to the clean address), the cookie,
the signed-in person's own setting, the browser's wish. Messages are gettext through Flask-Babel. It
formats; it decides no deadline and converts no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any
from urllib.parse import quote as _quote

import jdatetime
from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_time
from flask import Flask, g, has_app_context, has_request_context, redirect, request
from flask_babel import get_locale as babel_locale
from flask_babel import get_timezone, get_translations, gettext, ngettext
from jinja2 import pass_context
from jinja2.runtime import Context
from werkzeug.wrappers import Response

from app import fallback
from app.fallback import Languages
from config.codes import countries, read_in, rows

COOKIE = "language"
#: Over TLS the cookie is bound to this host (ASVS 3.3.3); plain HTTP cannot have such a name.
HOST_COOKIE = f"__Host-{COOKIE}"
COOKIE_AGE = timedelta(days=365)
FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"
NO_BREAK_SPACE = "\u00a0"
NO_BREAK_HYPHEN = "\u2011"

# Afghanistan names the solar months after the zodiac; Iran does not. CLDR carries only the
# Gregorian names through Babel, so these are our data.
SOLAR_MONTHS: dict[str, tuple[str, ...]] = {
    "fa_AF": (
        "حمل", "ثور", "جوزا", "سرطان", "اسد", "سنبله",
        "میزان", "عقرب", "قوس", "جدی", "دلو", "حوت",
    ),
    "ps": (
        "وری", "غويی", "غبرګولی", "چنګاښ", "زمری", "وږی",
        "تله", "لړم", "لیندۍ", "مرغومی", "سلواغه", "کب",
    ),
    "fa": (
        "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
        "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
    ),
}  # fmt: skip
# Solar month names for readers of other languages, in the Latin transcription used by UN offices.
SOLAR_MONTHS_LATIN = (
    "Hamal", "Sawr", "Jawza", "Saratan", "Asad", "Sonbola",
    "Mizan", "Aqrab", "Qaws", "Jadi", "Dalw", "Hut",
)  # fmt: skip
PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
RIGHT_TO_LEFT = frozenset({"fa", "ps", "ar", "ug", "ur", "ckb", "he"})


@dataclass(frozen=True, kw_only=True)
class Language:
    """A language of the interface. `code` is the Babel locale, `tag` the BCP 47 tag for HTML."""

    code: str
    tag: str
    name: str
    direction: str


@lru_cache(maxsize=64)
def language_of(code: str) -> Language:
    """The language of a Babel locale code; raises babel's UnknownLocaleError for others."""
    locale = Locale.parse(code)
    name = "دری" if code == "fa_AF" else (locale.get_display_name(locale) or code)
    return Language(
        code=code,
        tag=code.replace("_", "-"),
        name=name[:1].upper() + name[1:],
        direction="rtl" if locale.language in RIGHT_TO_LEFT else "ltr",
    )


def current_language() -> Language:
    """The language of this request, or the first one outside a request."""
    locale = babel_locale()
    return language_of(str(locale) if locale is not None else "en")


def next_language(code: str) -> Language:
    """Where a reader of `code` reads what `code` does not have: the next of its script, or English."""
    return language_of((*read_in(code), "en")[1])


def in_own(names: Mapping[str, str]) -> str:
    """A name by locale in the reader's language or the next of its script, else in English, else in any."""
    for code in (*read_in(current_language().code), "en", *names):
        if names.get(code):
            return names[code]
    return ""


def isolate(value: object) -> str:
    """`value` between Unicode isolates, so that its direction cannot reorder the sentence around it.

    For names, case numbers and figures inside a sentence. The result is plain text and is escaped
    by the template like any other (UAX 9, section 2.4.1).
    """
    return f"{FIRST_STRONG_ISOLATE}{value}{POP_ISOLATE}"


def listed(words: Iterable[object]) -> str:
    """Words one after the other, with the comma of the reader's script."""
    return f"{comma()} ".join(map(str, words))


def comma() -> str:
    """The comma of the reader's script: in Arabic script it is another sign."""
    return "،" if current_language().direction == "rtl" else ","


def solar_date(day: date, code: str) -> str:
    """`day` in the Solar Hijri calendar, with the month names and digits that `code` uses."""
    solar = jdatetime.date.fromgregorian(date=day)
    months = SOLAR_MONTHS.get(code)
    if months is None:
        return f"{solar.day} {SOLAR_MONTHS_LATIN[solar.month - 1]} {solar.year}"
    return f"{solar.day} {months[solar.month - 1]} {solar.year}".translate(PERSIAN_DIGITS)


def long_date(day: date) -> str:
    """`day` in the reader's calendar; where that is not the Gregorian, the Gregorian beside it."""
    return _long_date(day, current_language().code)


def moment(when: datetime) -> str:
    """Day, time and zone of an aware datetime, as the reader's post keeps time."""
    local = when.astimezone(_zone())
    code = current_language().code
    clock = format_time(local, "HH:mm", locale=code)
    return f"{_long_date(local.date(), code)}{comma()} {isolate(f'{clock} {_offset(local)}')}"


def short_moment(when: datetime) -> str:
    """The time of day alone, for lists of the same shift."""
    return isolate(when.astimezone(_zone()).strftime("%H:%M"))


def time_left(due: datetime, now: datetime) -> str:
    """How long until `due`, in words a tired reader takes in at once: `3 h left`."""
    minutes = int((due - now).total_seconds() // 60)
    late = minutes < 0
    minutes = abs(minutes)
    if minutes < 60:
        amount = ngettext("%(num)s min", "%(num)s min", minutes)
    elif minutes < 48 * 60:
        amount = ngettext("%(num)s h", "%(num)s h", minutes // 60)
    else:
        amount = ngettext("%(num)s day", "%(num)s days", minutes // (24 * 60))
    if late:
        return str(gettext("%(amount)s overdue", amount=amount))
    return str(gettext("%(amount)s left", amount=amount))


def haste(due: datetime, now: datetime) -> str:
    """`overdue`, `soon` (under six hours) or `later`: picks a word and a shape, never only a colour."""
    left = due - now
    if left < timedelta(0):
        return "overdue"
    return "soon" if left < timedelta(hours=6) else "later"


def country_name(code: str) -> str:
    """The name of a country (alpha-2 or alpha-3) in the reader's language: from CLDR, else our list's."""
    named = _names("territories", current_language().code).get(_alpha_2(code))
    if named is None and code in countries():
        return str(gettext(countries()[code].name))
    return named or code


def language_name(code: str) -> str:
    """The name of a language (ISO 639, two or three letters) in the reader's language.

    From CLDR; those that it does not name (Hazaragi, Shughni) from our list.
    """
    names = _names("languages", current_language().code)
    aliases = get_global("language_aliases")
    key: str = aliases.get(code, code)
    named = names.get(key) or names.get(key.partition("_")[0])
    if named is None and code in _unnamed_languages():
        return str(gettext(_unnamed_languages()[code]))
    return named or code


@cache
def _unnamed_languages() -> dict[str, str]:
    return {row["code"]: row["name"] for row in rows("languages")}


def sorted_by_name(codes: Iterable[str], name: Callable[[str], str]) -> list[tuple[str, str]]:
    """(code, name) pairs in the order of the names."""
    return sorted(((code, name(code)) for code in codes), key=lambda pair: pair[1].casefold())


FILTERS: dict[str, Callable[[Any], str]] = {
    "isolate": isolate,
    "listed": listed,
    "long_date": long_date,
    "moment": moment,
    "short_moment": short_moment,
    "country_name": country_name,
    "language_name": language_name,
}

#: What templates may call, by name.
HELPERS = {"time_left": time_left, "haste": haste, "next_language": next_language, "comma": comma}


def init_app(
    app: Flask,
    *,
    languages: tuple[str, ...] = ("en", "ru", "fa_AF"),
    user_language: Callable[[], str | None] | None = None,
    timezone: Callable[[], str] | None = None,
) -> None:
    """Set up translation for `app`.

    `languages`: Babel locales offered, the default first. `user_language`: the signed-in person's
    setting, if any. `timezone`: the IANA zone of the post or desk; UTC when not given.
    """

    def choose() -> str:
        wanted = request.cookies.get(language_cookie()) if has_request_context() else None
        if wanted in languages:
            return wanted
        own = user_language() if user_language is not None else None
        if own in languages:
            return own
        return _from_browser(ready, languages[0])

    folder = Path(app.config.get("BABEL_TRANSLATION_DIRECTORIES") or fallback.CATALOGUES)
    ready = tuple(code for code in languages if fallback.ready(folder, code))
    Languages(
        app,
        locale_selector=choose,
        timezone_selector=timezone if timezone is not None else lambda: "UTC",
    )
    _install_messages(app)
    app.before_request(lambda: _switch(languages))
    whole = tuple(language_of(code) for code in ready)
    begun = tuple(language_of(code) for code in languages if code not in ready)
    app.context_processor(
        lambda: {"language": _request_language(), "languages": whole, "begun": begun}
    )
    for name, write in FILTERS.items():
        app.jinja_env.filters[name] = _for_this_reader(write)
    app.jinja_env.globals.update(HELPERS)


def _switch(languages: tuple[str, ...]) -> Response | None:
    """What `?lang=` asks for on a page."""
    wanted = request.args.get("lang")
    if wanted not in languages or request.method not in {"GET", "HEAD"}:
        return None
    # A machine with a token keeps no cookies; to its address `lang` is an unknown name.
    return None if "Authorization" in request.headers else _remember(wanted)


def _install_messages(app: Flask) -> None:
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # jinja2.ext.i18n adds it
        gettext=lambda text: _catalogue().gettext(text),
        ngettext=lambda one, many, number: _catalogue().ngettext(one, many, number),
        newstyle=True,
        pgettext=lambda context, text: _catalogue().pgettext(context, text),
        npgettext=lambda context, one, many, number: _catalogue().npgettext(
            context, one, many, number
        ),
    )


def _catalogue() -> NullTranslations:
    """The messages of this request's language, looked up once: a page asks for hundreds.

    Kept with the locale they belong to, since a part of a page may be in another language (`force_locale`).
    """
    locale = babel_locale()
    held: tuple[Locale | None, NullTranslations] | None = (
        g.get("catalogue") if has_app_context() else None
    )
    if held is not None and held[0] is locale:
        return held[1]
    found: NullTranslations = get_translations()
    if has_app_context():
        g.catalogue = (locale, found)
    return found


def _for_this_reader(write: Callable[[Any], str]) -> Callable[[Context, Any], str]:
    """A filter the template compiler may not work out beforehand, in whatever language that was."""

    @pass_context
    def written(_context: Context, value: Any) -> str:
        return write(value)

    return written


def _request_language() -> Language:
    if "language" not in g:
        g.language = current_language()
    found: Language = g.language
    return found


def _remember(code: str) -> Response:
    """Back to the same page without `lang`, with the choice in a cookie that names nobody."""
    rest = request.args.copy()
    rest.poplist("lang")
    query = "&".join(f"{_quote(key)}={_quote(value)}" for key, value in rest.items(multi=True))
    path = "/" + _quote(request.path.lstrip("/"), safe="/")
    response: Response = redirect(f"{path}?{query}" if query else path, code=303)
    response.set_cookie(
        language_cookie(),
        code,
        max_age=COOKIE_AGE,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def language_cookie() -> str:
    """The name of the cookie that keeps the language, as this request's connection allows it."""
    return HOST_COOKIE if request.is_secure else COOKIE


def _from_browser(ready: tuple[str, ...], default: str) -> str:
    """The first of the browser's languages that we have whole; `prs` and any `fa` are read as Dari.

    Of a language in preparation the next of its script is taken: it is for those who choose it.
    """
    if not has_request_context():
        return default
    by_language = {code.partition("_")[0]: code for code in reversed(ready)}
    if "fa_AF" in ready:
        by_language.setdefault("prs", "fa_AF")
    for wanted in request.accept_languages.values():
        plain = wanted.replace("_", "-").partition("-")[0].lower()
        for code in (plain, *read_in(plain)[1:]):
            if code in by_language or code in ready:
                return by_language.get(code, code)
    return default


def _zone() -> tzinfo:
    return get_timezone() or UTC


def _offset(local: datetime) -> str:
    seconds = int((local.utcoffset() or timedelta(0)).total_seconds())
    if seconds == 0:
        return "UTC"
    hours, rest = divmod(abs(seconds) // 60, 60)
    minutes = f":{rest:02d}" if rest else ""
    return f"UTC{'+' if seconds > 0 else '-'}{hours}{minutes}"


@lru_cache(maxsize=4096)
def _long_date(day: date, code: str) -> str:
    gregorian = format_date(day, "d MMMM y", locale=code)
    if code not in SOLAR_MONTHS:
        return gregorian.replace(" ", NO_BREAK_SPACE)
    # Chromium breaks a line between figures and a hyphen, which from right to left tears a date apart.
    whole = day.isoformat().replace("-", NO_BREAK_HYPHEN)
    return f"{isolate(solar_date(day, code))} ({isolate(whole)})"


@lru_cache(maxsize=32)
def _names(kind: str, code: str) -> dict[str, str]:
    """CLDR names of `territories` or `languages` for one locale, read once."""
    return dict(getattr(Locale.parse(code), kind))


@lru_cache(maxsize=1024)
def _alpha_2(code: str) -> str:
    if len(code) != 3:
        return code
    found: list[str] = get_global("territory_aliases").get(code, [code])
    return found[0]
