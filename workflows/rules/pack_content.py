"""Facts, cards, profiles, rules, needs, holds, packets and invariants: from YAML rows to the draft."""

from __future__ import annotations

from typing import Any

from models.vocabulary import Action, Grade, Role, Urgency
from workflows.rules import pack_schema as schema
from workflows.rules.conditions import Condition, Grammar, mixed_direction, parse_condition
from workflows.rules.faults import PackError
from workflows.rules.indicators import dimension_positive
from workflows.rules.pack_draft import Draft, Layer
from workflows.rules.pack_model import (
    CONSENT_DAYS,
    CardText,
    Fact,
    Hold,
    Need,
    Packet,
    Profile,
    Rule,
)
from workflows.rules.words import ASKERS, COMPUTED, OPEN_LISTS, STRENGTHS
from workflows.rules.yaml_strict import Document, Place


def rows(document: Document) -> list[tuple[str, Place, Any]]:
    """The rows of a map of ids. Raises `PackError` when the file is no map."""
    if document.data is None:
        return []
    if not isinstance(document.data, dict):
        raise document.error((), "something else than a map", "a map of ids to rows")
    return [(str(key), (key,), row) for key, row in document.data.items()]


def add_cards(draft: Draft, _layer: Layer, document: Document) -> None:
    """cards.yaml."""
    for id_, place, data in rows(document):
        row = schema.check_row(schema.CardRow, document, place, data)
        card = CardText(
            id=id_,
            says=row["says"],
            open=row.get("open", ""),
            private=row.get("setting") == "private",
            order=len(draft.cards),
        )
        draft.add(draft.cards, id_, card, document, place)
        draft.say(f"card.{id_}", card.says)
        draft.say(f"card.{id_}.open", card.open)


def add_facts(draft: Draft, layer: Layer, document: Document) -> None:
    """facts.yaml. Derived facts may read the facts before them, so there are no circles."""
    for id_, place, data in rows(document):
        row = schema.check_row(schema.FactRow, document, place, data)
        if not layer.valid(row):
            draft.sleep(f"fact.{id_}")
            continue
        fact = _fact(draft, layer, document, place, row)
        draft.add(draft.facts, id_, fact, document, place)
        draft.cite(document, place, fact.source)
        draft.say(f"fact.{id_}", fact.ask or fact.ask_note)
        for option in fact.options:
            draft.say(f"fact.{id_}.{option}", fact.labels.get(option, option.replace("_", " ")))
        if "when" in row:
            draft.derived[id_] = condition(
                draft, draft.rule_grammar(), document, (*place, "when"), row["when"]
            )


def _fact(draft: Draft, layer: Layer, document: Document, place: Place, row: Any) -> Fact:
    ask, ask_note = _ask(document, place, row)
    options, labels, open_list = _options(document, place, row)
    _check_fact(draft, document, place, row)
    indicators = _indicators(document, place, row)
    return Fact(
        id=str(place[0]),
        kind=row["kind"],
        origin=layer.origin(document, place, row),
        ask=ask,
        ask_note=ask_note,
        options=options,
        labels=labels,
        open_list=open_list,
        least=row.get("least", 0 if row["kind"] == "years" else None),
        most=row.get("most", 130 if row["kind"] == "years" else None),
        unit=row.get("unit", ""),
        card=row.get("card", ""),
        who=frozenset(Role(role) for role in row.get("who", ASKERS)),
        private=row.get("setting") == "private",
        observed=row.get("observed", False),
        cost=row.get("cost", 1),
        usual=row.get("usual", "half"),
        protective=row.get("protective", ()),
        mandatory_for=frozenset(Action(action) for action in row.get("mandatory_for", ())),
        purpose=row.get("purpose", "protection"),
        restricted=row.get("restricted", ""),
        decided_by=row.get("decided_by", ""),
        record_only=row.get("record_only", False),
        specific_need=row.get("specific_need", ()),
        keep=row.get("keep", ""),
        source=row.get("source", ()),
        computed=row.get("computed", ""),
        derived="when" in row or "indicators" in row,
        indicators=indicators,
    )


def _check_fact(draft: Draft, document: Document, place: Place, row: Any) -> None:
    """A fact has a card, a formula, or a reason for neither; and the kind its formula gives."""
    formulas = [key for key in ("computed", "when", "indicators") if key in row]
    if len(formulas) > 1:
        raise document.error(place, " and ".join(formulas), "one of computed, when, indicators")
    if row.get("card") and row["card"] not in draft.cards:
        raise document.error((*place, "card"), row["card"], f"a card: {', '.join(draft.cards)}")
    if not (
        row.get("card") or formulas or isinstance(row.get("ask"), dict) or row.get("record_only")
    ):
        raise document.error(place, "no key card", "a card, or record only, or ask: {note: ...}")
    gives = COMPUTED[row["computed"]] if "computed" in row else "yes-no"
    if formulas and row["kind"] != gives:
        raise document.error((*place, "kind"), row["kind"], f"{gives}, as its formula gives")


def _ask(document: Document, place: Place, row: Any) -> tuple[str, str]:
    ask = row.get("ask", "")
    if isinstance(ask, str):
        return ask, ""
    if isinstance(ask, dict) and set(ask) == {"note"} and isinstance(ask["note"], str):
        return "", ask["note"]
    raise document.error((*place, "ask"), repr(ask), "the words of the question, or {note: text}")


def _options(
    document: Document, place: Place, row: Any
) -> tuple[tuple[str, ...], dict[str, str], str]:
    options, kind = row.get("options"), row["kind"]
    where = (*place, "options")
    if kind not in {"choice", "several"}:
        if options is not None:
            raise document.error(where, "options", f"no options: the kind is {kind}")
        return (), {}, ""
    if kind == "choice" and options in OPEN_LISTS:
        return (), {}, str(options)
    names = list(options) if isinstance(options, list | dict) else []
    words = tuple(str(name) for name in names)
    if len(words) < 2 or len(set(words)) != len(words) or not all(_is_word(w) for w in words):
        raise document.error(where, repr(options), "two or more words, or countries, or languages")
    labels = {str(k): str(v) for k, v in options.items()} if isinstance(options, dict) else {}
    return words, labels, ""


def _is_word(word: str) -> bool:
    return word.replace("_", "").replace("-", "").isalnum() and word not in {"none", "unknown"}


def _indicators(document: Document, place: Place, row: Any) -> tuple[str, str, str] | None:
    given = row.get("indicators")
    if given is None:
        return None
    if set(given) != {"list", "dimension", "column"} or given["column"] not in {"adult", "child"}:
        allowed = "list, dimension, column (adult or child)"
        raise document.error((*place, "indicators"), repr(given), allowed)
    return given["list"], given["dimension"], given["column"]


def settle_indicators(draft: Draft) -> None:
    """Give every fact with `indicators` its condition, once the tables of the layer are read."""
    for id_, fact in draft.facts.items():
        if fact.indicators is None:
            continue
        list_, dimension, column = fact.indicators
        weights: dict[str, list[str]] = {"S": [], "M": [], "W": []}
        for row in draft.indicators:
            if row[:2] == (list_, dimension):
                weight = row[3] if column == "adult" else row[4]
                if weight in weights:
                    weights[weight].append(row[2])
        found = dimension_positive(weights["S"], weights["M"], weights["W"])
        if found is None:
            allowed = "a list and dimension of indicators.csv that can be positive"
            found_name = f"{list_} {dimension} {column}"
            raise PackError(fact.origin.file, fact.origin.line, found_name, allowed)
        draft.derived[id_] = found


def condition(
    draft: Draft, grammar: Grammar, document: Document, place: Place, data: Any
) -> Condition:
    """Parse a condition and refuse one that reads a fact in two directions."""
    parsed = parse_condition(grammar, document, place, data)
    mixed = mixed_direction(parsed, draft.derived)
    if mixed is not None:
        allowed = "each fact in one direction (one list of words, one way of yes or no)"
        raise document.error(place, f"{mixed} read in two ways", allowed)
    return parsed


def add_profiles(draft: Draft, layer: Layer, document: Document) -> None:
    """profiles.yaml."""
    for code, place, data in rows(document):
        row = schema.check_row(schema.ProfileRow, document, place, data)
        if not layer.valid(row):
            draft.sleep(f"profile.{code}")
            continue
        profile = Profile(
            code=code,
            says=row["says"],
            means=row["means"],
            not_from=row.get("not_from", ()),
            urgency=_urgency(document, place, row.get("urgency", Urgency.ROUTINE.value)),
            group=row["group"],
            specific_need=row.get("specific_need", ()),
            source=row["source"],
            basis=row["basis"],
            origin=layer.origin(document, place, row),
        )
        draft.add(draft.profiles, code, profile, document, place)
        draft.cite(document, place, profile.source)
        draft.say(f"profile.{code}", profile.says)
        draft.say(f"profile.{code}.means", profile.means)


def _urgency(document: Document, place: Place, given: Any) -> dict[str, Urgency]:
    grades = (Grade.PRESUMED.value, Grade.POSSIBLE.value)
    asked = given if isinstance(given, dict) else dict.fromkeys(grades, given)
    words = {urgency.value for urgency in Urgency}
    if not set(asked) <= set(grades) or not all(w in words for w in map(str, asked.values())):
        allowed = f"{', '.join(sorted(words))}, or a map of presumed and possible to them"
        raise document.error((*place, "urgency"), repr(given), allowed)
    return {grade: Urgency(str(asked.get(grade, Urgency.ROUTINE))) for grade in grades}


def add_rules(draft: Draft, layer: Layer, document: Document) -> None:
    """One file of rules/*.yaml: a list of rules."""
    if not isinstance(document.data, list):
        raise document.error((), "something else than a list", "a list of rules")
    for index, data in enumerate(document.data):
        row = schema.check_row(schema.RuleRow, document, (index,), data)
        if layer.valid(row):
            when = condition(draft, draft.rule_grammar(), document, (index, "when"), row["when"])
            put_rule(draft, layer, document, (index,), row, when)
        else:
            draft.sleep(f"rule.{row['rule']}")


def put_rule(
    draft: Draft, layer: Layer, document: Document, place: Place, row: Any, when: Condition
) -> None:
    """Add a rule whose condition is parsed already (also from tables)."""
    if row["profile"] not in draft.profiles:
        allowed = f"a profile: {', '.join(draft.profiles)}"
        raise document.error((*place, "profile"), row["profile"], allowed)
    assert row["strength"] in STRENGTHS
    rule = Rule(
        id=row["rule"],
        says=row["says"],
        profile=row["profile"],
        strength=row["strength"],
        when=when,
        source=row["source"],
        basis=row["basis"],
        origin=layer.origin(document, place, row),
    )
    draft.add(draft.rules, rule.id, rule, document, place)
    draft.cite(document, place, rule.source)
    draft.say(f"rule.{rule.id}", rule.says)


def add_needs(draft: Draft, layer: Layer, document: Document) -> None:
    """needs.yaml."""
    for id_, place, data in rows(document):
        row = schema.check_row(schema.NeedRow, document, place, data)
        if not layer.valid(row):
            draft.sleep(f"need.{id_}")
            continue
        grammar = draft.output_grammar()
        need = Need(
            id=id_,
            says=row["says"],
            function=row["function"],
            when=condition(draft, grammar, document, (*place, "when"), row["when"]),
            urgency=Urgency(row.get("urgency", Urgency.ROUTINE)),
            consent=row.get("consent", True),
            automatic=row.get("automatic", True),
            source=row["source"],
            basis=row["basis"],
            origin=layer.origin(document, place, row),
        )
        draft.add(draft.needs, id_, need, document, place)
        draft.cite(document, place, need.source)
        draft.say(f"need.{id_}", need.says)


def add_holds(draft: Draft, layer: Layer, document: Document) -> None:
    """holds.yaml."""
    for id_, place, data in rows(document):
        row = schema.check_row(schema.HoldRow, document, place, data)
        if not layer.valid(row):
            draft.sleep(f"hold.{id_}")
            continue
        lift = {"decision": "", "body": ""}
        if "lifted_by" in row:
            where = (*place, "lifted by")
            lift = schema.check_row(schema.LiftRow, document, where, row["lifted_by"])
            decides = draft.facts.get(lift["decision"])
            if decides is None or not decides.decided_by:
                raise document.error(where, lift["decision"], "a fact with `decided by`")
        grammar = draft.output_grammar()
        hold = Hold(
            id=id_,
            says=row["says"],
            shuts=frozenset(Action(action) for action in row["shuts"]),
            when=condition(draft, grammar, document, (*place, "when"), row["when"]),
            lifted_by_decision=lift["decision"],
            lifted_by_body=lift["body"],
            source=row["source"],
            basis=row["basis"],
            origin=layer.origin(document, place, row),
        )
        draft.add(draft.holds, id_, hold, document, place)
        draft.cite(document, place, hold.source)
        draft.say(f"hold.{id_}", hold.says)


def add_packets(draft: Draft, _layer: Layer, document: Document) -> None:
    """packets.yaml. A restricted fact needs the packet's leave (INV-24)."""
    for id_, place, data in rows(document):
        row = schema.check_row(schema.PacketRow, document, place, data)
        if id_ not in draft.needs:
            raise document.error(place, id_, f"a need: {', '.join(draft.needs)}")
        carry = row.get("may_carry", ())
        for name in row.get("facts", ()):
            fact = draft.facts.get(name)
            if fact is None:
                raise document.error((*place, "facts"), name, "facts of this pack")
            if fact.restricted and fact.restricted not in carry:
                allowed = f"no {fact.restricted} answers without `may carry: [{fact.restricted}]`"
                raise document.error((*place, "facts"), name, allowed)
        for code in row.get("profiles", ()):
            if code not in draft.profiles:
                raise document.error((*place, "profiles"), code, "profiles of this pack")
        packet = Packet(
            need=id_,
            fields=row["fields_"],
            facts=row.get("facts", ()),
            profiles=row.get("profiles", ()),
            may_carry=carry,
            source=row["source"],
            basis=row["basis"],
            consent_days=row.get("consent_days", CONSENT_DAYS),
        )
        draft.add(draft.packets, id_, packet, document, place)
        draft.cite(document, place, packet.source)
