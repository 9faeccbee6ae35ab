"""Which keys and words a row of a pack may have. marshmallow refuses everything else.

Form only; whether an id exists, a date is valid or a condition parses is asked by the builder.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from marshmallow import Schema, ValidationError

from models.vocabulary import Action, AgencyKind, Clock, Role, Urgency
from workflows.rules import words
from workflows.rules.pack_fields import (
    Anything,
    Day,
    Decimal,
    Names,
    Pattern,
    Row,
    Sources,
    Text,
    Whole,
    Word,
    Words,
    YesNo,
)
from workflows.rules.yaml_strict import Document, Place

_NO = object()


def basis() -> Word:
    """How far the row is verified."""
    return Word(*words.BASIS, required=True)


class Dated(Row):
    """The keys all rows with a validity may have."""

    valid_from = Day(data_key="from")
    until = Day()
    locked = YesNo()
    note = Text()
    reason = Text()


class PackRow(Row):
    """pack.yaml."""

    pack = Pattern(r"[a-z]{3}", "three small letters", required=True)
    title = Text(required=True)
    country = Pattern(r"[A-Z]{3}", "three capital letters of ISO 3166")
    version = Pattern(r"[0-9]{4}\.[0-9]+", "year.number, as 2026.3", required=True)
    inherits = Words(required=True)
    languages = Words(least=1, required=True)
    owner = Text(required=True)
    status = Word(*words.STATUSES, required=True)
    licence = Text(required=True)
    valid_from = Day(data_key="valid from", required=True)
    thresholds = Anything()
    asylum_procedure = Word(*words.ASYLUM_PROCEDURES, data_key="asylum procedure")
    asylum_procedure_note = Text(data_key="asylum procedure note")
    note = Text()


class CardRow(Row):
    """cards.yaml."""

    says = Text(required=True)
    open = Text()
    setting = Word("any", "private")


class FactRow(Dated):
    """facts.yaml."""

    ask = Anything()
    kind = Word(*words.KINDS, required=True)
    options = Anything()
    least = Whole()
    most = Whole()
    unit = Text()
    card = Text()
    who = Words(*words.ASKERS, *(role for role in Role if role not in words.ASKERS), least=1)
    setting = Word("any", "private")
    observed = YesNo()
    cost = Whole(1, 3)
    usual = Word("rare", "common", "half")
    protective = Words(least=1)
    mandatory_for = Words(*Action, data_key="mandatory for")
    purpose = Word(*words.FACT_PURPOSES)
    restricted = Word(*words.RESTRICTED)
    decided_by = Word(*words.FUNCTIONS, data_key="decided by")
    record_only = YesNo(data_key="record only")
    specific_need = Words(data_key="specific need")
    keep = Text()
    source = Words()
    computed = Word(*words.COMPUTED)
    when = Anything()
    indicators = Names()


class ProfileRow(Dated):
    """profiles.yaml."""

    says = Text(required=True)
    means = Text(required=True)
    not_from = Words(data_key="not from")
    urgency = Anything()
    group = Word(*words.FACT_GROUPS, required=True)
    specific_need = Words(data_key="specific need")
    source = Sources()
    basis = basis()


class RuleRow(Dated):
    """rules/*.yaml."""

    rule = Pattern(r"[A-Z][A-Za-z0-9.\-]*", "an id as UAC.1", required=True)
    says = Text(required=True)
    profile = Text(required=True)
    strength = Word(*words.STRENGTHS, required=True)
    when = Anything(required=True)
    source = Sources()
    basis = basis()


class NeedRow(Dated):
    """needs.yaml."""

    says = Text(required=True)
    function = Word(*words.FUNCTIONS, required=True)
    when = Anything(required=True)
    urgency = Word(*Urgency)
    consent = YesNo()
    automatic = YesNo()
    source = Sources()
    basis = basis()


class LiftRow(Row):
    """lifted by: of holds.yaml."""

    decision = Text(required=True)
    body = Word(*words.FUNCTIONS, required=True)


class HoldRow(Dated):
    """holds.yaml."""

    says = Text(required=True)
    shuts = Words(*Action, least=1, required=True)
    when = Anything(required=True)
    lifted_by = Anything(data_key="lifted by")
    source = Sources()
    basis = basis()


class PacketRow(Row):
    """packets.yaml."""

    fields_ = Words(*words.PACKET_FIELDS, data_key="fields", required=True)
    facts = Words()
    profiles = Words()
    may_carry = Words(*words.RESTRICTED, data_key="may carry")
    consent_days = Whole(1, 366, data_key="consent days")
    source = Sources()
    basis = basis()


class AgencyYaml(Row):
    """agencies.yaml."""

    names = Names(required=True)
    country = Pattern(r"[A-Z]{3}", "three capital letters; INT for all countries", required=True)
    functions = Words(*words.FUNCTIONS, least=1, required=True)
    decides = Words(*words.FUNCTIONS)
    kind = Word(*AgencyKind, required=True)
    area = Words()
    channel = Word(*words.CHANNELS, required=True)
    contact = Text()
    hours = Text()
    languages = Words()
    desks = Anything()
    verified = Day()
    valid_from = Day(data_key="from")
    until = Day()
    note = Text()
    source = Sources()
    basis = basis()


class DeskYaml(Row):
    """desks: of agencies.yaml."""

    names = Names(required=True)
    area = Text(required=True)


class PostYaml(Row):
    """posts.yaml."""

    names = Names(required=True)
    country = Pattern(r"[A-Z]{3}", "three capital letters of ISO 3166", required=True)
    facing = Pattern(r"[A-Z]{3}", "three capital letters of ISO 3166")
    kind = Word(*words.POST_KINDS, required=True)
    area = Text()
    lat = Decimal()
    lon = Decimal()
    languages = Words()
    hours = Text()
    valid_from = Day(data_key="from")
    until = Day()
    note = Text()
    source = Sources()
    basis = basis()


class CalendarYaml(Row):
    """calendar.yaml."""

    zone = Text(required=True)
    weekend = Words("mon", "tue", "wed", "thu", "fri", "sat", "sun", required=True)
    confirmed_until = Day(data_key="confirmed until")
    holidays = Anything()
    working_days = Anything(data_key="working days")
    note = Text()
    source = Sources()
    basis = basis()


class SourceYaml(Row):
    """sources.yaml."""

    title = Text(required=True)
    link = Text()
    kind = Word(*words.SOURCE_KINDS)
    note = Text()
    basis = basis()


class InvariantYaml(Row):
    """invariants.yaml."""

    says = Text(required=True)
    source = Words()
    never = Anything()
    whenever = Anything()
    then = Anything()
    monotone = Word("all")
    exchanged = Anything(data_key="except")
    routed = Word("all")
    only_adds = Words(least=1, data_key="only adds")
    indifferent = Words(least=1)
    workflow = Text()
    note = Text()


class ExceptedYaml(Row):
    """except: of invariants.yaml."""

    reason = Text(required=True)
    source = Sources()


class VignetteYaml(Row):
    """vignettes/*.yaml."""

    person = Text(required=True)
    case = Pattern(r"[A-Z]{1,4}[0-9]{1,4}", "a case as V13")
    country = Pattern(r"[A-Z]{3}", "three capital letters of ISO 3166")
    as_of = Day(required=True)
    like = Text()
    facts = Anything(required=True)
    expect = Names()
    require = Words()
    referrals = Words(*words.FUNCTIONS)
    forbid = Words(*Action)
    must_not_label = Words()
    source = Words()
    note = Text()


class ChangeRow(Row):
    """One entry of overlay.yaml."""

    when = Anything()
    also_when = Anything(data_key="also when")
    says = Text()
    strength = Word(*words.STRENGTHS)
    base_version = Text(data_key="base version", required=True)
    valid_from = Day(data_key="from")
    until = Day()
    reason = Text(required=True)
    note = Text()
    source = Sources()
    basis = basis()


class DeadlineCsv(Row):
    """deadlines.csv."""

    id = Pattern(r"[A-Z][A-Za-z0-9.\-_]*", "an id as UAC.notify", required=True)
    starts = Text(required=True)
    only_if = Text(data_key="only if")
    duration = Text(required=True)
    clock = Word(*Clock, required=True)
    warn = Pattern(r"[0-9]{1,2}%|[0-9]{1,3} (days|hours)", "50%, 2 days, 4 hours")
    escalate_to = Word(*words.ESCALATE_TO, data_key="escalate to")
    says = Text(required=True)
    source = Sources()
    basis = basis()
    valid_from = Day(data_key="from")
    until = Day()
    reason = Text()


class RouteCsv(Row):
    """routes.csv."""

    need = Text(required=True)
    area = Pattern(
        r"[A-Z]{3}(-[A-Za-z0-9_\-]+)?", "a country or an area as KAZ-almaty", required=True
    )
    agency = Text(required=True)
    order = Whole(1, 999, required=True)
    only_if = Text(data_key="only if")
    source = Sources()
    basis = basis()
    valid_from = Day(data_key="from")
    until = Day()


class TreatyCsv(Row):
    """treaties.csv."""

    treaty = Word(*words.TREATIES, required=True)
    status = Word(*words.TREATY_STATUSES, required=True)
    since = Text()
    note = Text()
    source = Sources()
    basis = basis()


class IndicatorCsv(Row):
    """indicators.csv."""

    list = Pattern(r"[a-z][a-z0-9_]*", "an id as ilo", required=True)
    dimension = Text(required=True)
    fact = Text(required=True)
    adult = Word("S", "M", "W", "-")
    child = Word("S", "M", "W", "-")
    source = Sources()
    basis = basis()


@lru_cache(maxsize=64)
def _instance(schema: Callable[[], Schema]) -> Schema:
    return schema()


def check_row(schema: Callable[[], Schema], document: Document, place: Place, data: Any) -> Any:
    """The row as a dict of Python values. Raises `PackError` at the first wrong key, by line."""
    row = _instance(schema)
    names = {(f.data_key or name): f for name, f in row.fields.items()}
    if not isinstance(data, dict):
        found = "nothing" if data is None else repr(data)[:80]
        raise document.error(place, found, f"a map with the keys: {', '.join(names)}")
    for key, value in data.items():
        if value is None:
            raise document.error((*place, key), f"{key}: nothing", "a value, or no such key")
        if key not in names:
            raise document.error((*place, key), f"the key {key}", f"the keys: {', '.join(names)}")
    try:
        loaded: dict[str, Any] = row.load(data)
    except ValidationError as error:
        wrong: Any = error.messages
        key = min(wrong, key=lambda k: document.line((*place, k)))
        allowed = str(wrong[key][0] if isinstance(wrong[key], list) else wrong[key])
        found = data.get(key, _NO)
        if found is _NO:
            raise document.error(place, f"no key {key}", f"the key {key}") from error
        raise document.error((*place, key), f"{key}: {found!r}", allowed) from error
    first, last = loaded.get("valid_from"), loaded.get("until")
    if first and last and first > last:
        raise document.error((*place, "until"), f"until: {last}", f"a day from {first} on")
    return loaded
