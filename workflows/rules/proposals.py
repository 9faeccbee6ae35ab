"""The vignettes that a pack still needs: for each unnoticed slip the smallest person who tells it.

An expert confirms or refuses each: the prover knows what the pack says, not what is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

import yaml

from workflows.rules.answers import facts_from_raw
from workflows.rules.assess import assess
from workflows.rules.cases import output_word
from workflows.rules.country_words import HEAD, calendar_names
from workflows.rules.pack import Pack
from workflows.rules.pack_model import Vignette
from workflows.rules.proof_encoding import Protection
from workflows.rules.proof_solver import Unsettled
from workflows.rules.proof_terms import FALSE, TRUE, Crowd, Term, no
from workflows.rules.proof_words import as_answers, in_words
from workflows.rules.slip_kinds import Slip
from workflows.rules.slips import UNNOTICED, Examiner, said, said_again
from workflows.rules.values import Facts

NOTE = "proposed, not confirmed"
#: Most outputs that one proposed vignette names for a slip in a rule, need or hold.
MOST = 4


def propose(examiner: Examiner) -> Iterator[Vignette]:
    """Vignettes after which each slip is noticed by some person, as far as a person can tell it.

    What only an invariant or the lint would notice gets its person, too: they forbid harm, a vignette
    says what should happen. Slips that change nothing for anybody get none. Persons whom the pack has
    already are taken first, with what more may be expected of them; then the solver looks for others.
    """
    left = []
    further: dict[str, tuple[Vignette, list[str], list[str]]] = {}
    known = list(examiner.witnesses.vignettes)
    crowd = examiner.witnesses.crowd
    for slip in examiner.slips:
        changed = examiner.changed(slip)
        if not changed:
            left.append(slip)
        elif not examiner.told(slip, changed):
            telling = _of_known(examiner, crowd, changed)
            if telling is not None:
                i, key = telling
                _, keys, slips = further.setdefault(known[i].file, (known[i], [], []))
                keys.append(key)
                slips.append(str(slip))
                examiner.witnesses.add(_more(examiner.pack, known[i], [key], ""))
                continue
            with examiner.prover.solver.scope():
                vignette = _for_logic(examiner, slip, changed)
            if vignette is not None:
                examiner.witnesses.add(vignette)
                yield vignette
            else:
                left.append(slip)
    for vignette, keys, slips in further.values():
        yield _more(examiner.pack, vignette, keys, "; ".join(slips))
    yield from _beside(examiner, [slip for slip in left if examiner.look(slip).by == UNNOTICED])


def _of_known(
    examiner: Examiner, crowd: Crowd, changed: Mapping[Protection, Term]
) -> tuple[int, str] | None:
    """The first person of the pack's vignettes who tells, by number, and the key that does."""
    for given, term in changed.items():
        told = crowd.bits(term) ^ crowd.bits(examiner.outputs.get(given, FALSE))
        if told and given.kind != "function":
            return (told & -told).bit_length() - 1, _key(given)
    return None


def _more(pack: Pack, known: Vignette, keys: Iterable[str], why: str) -> Vignette:
    """The same person with further expectations."""
    facts = facts_from_raw(pack.facts, known.raw_facts)
    told = _vignette(pack, facts, keys, why, known.person, known.as_of)
    return replace(told, raw_facts=known.raw_facts)


def _for_logic(
    examiner: Examiner, slip: Slip, changed: Mapping[Protection, Term]
) -> Vignette | None:
    prover, person = examiner.prover, None
    for key, term in changed.items():
        if key.kind == "function":
            continue
        was = examiner.outputs.get(key, FALSE)
        differs = prover.terms.either(
            [prover.terms.both([was, no(term)]), prover.terms.both([no(was), term])]
        )
        try:
            person = prover.smallest([differs]) if prover.exists(differs) else None
        except Unsettled:
            person = None
        if person is not None:
            break
    if person is None:
        return None
    value = prover.solver.value
    told = [
        key
        for key, term in changed.items()
        if value(term) != value(examiner.outputs.get(key, FALSE))
    ]
    keys = list(dict.fromkeys(_key(key) for key in told))[:MOST]
    return _vignette(examiner.pack, person, keys, str(slip))


def _key(given: Protection) -> str:
    """As a vignette names it; a hold's cause stays marked until its word is looked up."""
    if given.kind == "hold" and given.word:
        return f"hold {given.id}!"
    kind = "referral" if given.kind == "function" else given.kind
    return f"{kind} {given.id}".strip()


def _vignette(
    pack: Pack,
    person: Facts,
    keys: Iterable[str],
    why: str,
    title: str = "",
    on: date | None = None,
) -> Vignette:
    raw = as_answers(pack, person)
    now = assess(pack, facts_from_raw(pack.facts, raw), on or pack.on)
    expect = {}
    for key in (key for key in keys if not key.startswith("referral ")):
        whole = key.startswith("deadline ")
        word = output_word(pack, now, key.rstrip("!"), cause=key.endswith("!"), whole=whole)
        expect[key.rstrip("!")] = word
    functions = [k.removeprefix("referral ") for k in keys if k.startswith("referral ")]
    return Vignette(
        file="",
        pack=pack.code,
        person=title or in_words(pack, person),
        case="",
        as_of=on or pack.on,
        raw_facts=raw,
        expect=expect,
        require=(),
        referrals=tuple(f for f in functions if any(n.function == f for n in now.needs.values())),
        forbid=(),
        must_not_label=(),
        note=f"{NOTE}; tells: {why}",
    )


# -- consent, packets, routes, clocks ---------------------------------------------------------------


def _beside(examiner: Examiner, left: list[Slip]) -> Iterator[Vignette]:
    """As few persons as possible who have, between them, all needs and clocks that were slipped in."""
    wanted: dict[Term, list[str]] = {}
    for slip in left:
        for key, term in _stands(examiner, slip):
            keys = wanted.setdefault(term, [])
            keys += [key] if key not in keys else []
    prover = examiner.prover
    while wanted:
        terms = list(wanted)
        if not prover.anybody(terms[:1]):
            del wanted[terms[0]]
            continue
        kept = terms[:1]
        prover.settle(kept, terms[1:])
        given = [term for term in terms if prover.solver.value(term)]
        person = prover.smallest(given) or {}
        keys = [key for term in given for key in wanted.pop(term)]
        vignette = _vignette(
            examiner.pack,
            person,
            sorted(keys),
            "what is done for each need",
            f"{examiner.pack.title}: somebody with many needs at once",
        )
        examiner.witnesses.add(vignette)
        yield vignette


def _stands(examiner: Examiner, slip: Slip) -> Iterator[tuple[str, Term]]:
    kind, _, id_ = slip.about.partition(" ")
    now = examiner.prover.now
    if kind == "route" and examiner.country is not None:
        elsewhere = examiner.country.elsewhere(slip.pack)
        yield from ((f"asks {need}", term) for need, term in elsewhere)
    elif keys := said_again(slip):
        of_hold = now.holds.get(id_, FALSE) if kind == "hold" else TRUE
        stands = TRUE if slip.kind == "mandatory" else now.needs.get(id_, of_hold)
        changed = [key for key in keys if said(slip.pack, key) != said(examiner.pack, key)]
        yield from ((key, stands) for key in changed)
    elif kind in {"body", "post", "treaty"}:
        yield slip.about, TRUE
    elif kind == "dates":
        yield f"span {id_.removeprefix('of ')}", TRUE
    elif kind == "calendar" and examiner.pack.calendar is not None:
        yield from ((f"calendar {name}", TRUE) for name in calendar_names(examiner.pack.calendar))
    elif kind == "pack.yaml":
        yield from ((f"country {name}", TRUE) for name in HEAD)
    elif kind == "deadline":
        yield from ((f"deadline {id_}", term) for term in examiner.clock_differs(slip))


def as_yaml(vignette: Vignette) -> str:
    """The file that an expert confirms by taking the note out."""
    data: dict[str, object] = {
        "person": vignette.person,
        "as_of": vignette.as_of.isoformat(),
        "facts": vignette.raw_facts,
        "expect": dict(vignette.expect),
    }
    if vignette.referrals:
        data["referrals"] = list(vignette.referrals)
    data["note"] = vignette.note
    return yaml.dump(data, sort_keys=False, allow_unicode=True, width=110)
