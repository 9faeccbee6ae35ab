"""Who: one screen of registration, and the hints that somebody may be registered already."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from flask import Response, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from app.locale import long_date
from app.schemas.arrivals import ArrivalSchema
from app.web.border.likeness import as_codes, words_of
from app.web.border.routes import blueprint
from app.web.fields import add_errors
from app.web.forms.border import ArrivalForm, CandidatesForm, arrival_data, birth_data
from app.work import opens
from workflows import arrivals, casenumbers, once, post_lists, search
from workflows.arrivals import Birth, RegisterArrival, Registered
from workflows.errors import BadCaseNumber, InvalidCommand
from workflows.policy import Act
from workflows.search import Hint, Similar
from workflows.work import Work

#: How many hints a page shows: a list that is long is no hint.
_MOST_HINTS = 5
#: Where the workflow's field is on the page.
_FIELDS = {
    "name": "name",
    "birth": "birth",
    "companions": "companions",
    "nationality": "nationality",
}


@blueprint.route("/register", methods=["GET", "POST"])
@opens(Act.REGISTER, typed=True)
def register(work: Work) -> Any:
    """Register a person; then the look at urgent needs."""
    prepare(work)
    form = ArrivalForm()
    if request.method == "GET":
        form.key.data = uuid4().hex
        return render_template("border/register.html", form=form)
    data = arrival_data(form, g.post.code)
    command = form.checked(ArrivalSchema(), lambda: arrival_data(form, g.post.code))
    if command is None:
        return render_template("border/register.html", form=form), 422
    same = json.dumps(data, sort_keys=True, ensure_ascii=False).encode()
    claim = once.claim(work, form.key.data or "", same)
    if claim.answer is None:
        registered = _register(work, form, command)
        if registered is None:
            return render_template("border/register.html", form=form), 422
        claim = once.answered(work, claim, 303, _kept(registered))
    number = str((claim.answer or {})["case_number"])
    shown = casenumbers.show(number)
    return redirect(url_for("border.now", number=shown, made=claim.id), 303)


def prepare(work: Work) -> None:
    """What the form's lists are made of: the post, and the countries near it."""
    g.place = "border.register"
    g.post = post_lists.own_post(work)
    g.near = near_countries(work, g.post)


def _register(work: Work, form: ArrivalForm, command: RegisterArrival) -> Registered | None:
    try:
        return arrivals.register(work, command)
    except (InvalidCommand, BadCaseNumber) as error:
        # What was begun of this registration must not be kept; the form is shown again.
        work.session.rollback()
        field = _FIELDS.get(str(error.params.get("field", "companions")), "name")
        add_errors(form, {field: [_message(field)]})
        return None


def _message(field: str) -> str:
    return {
        "name": gettext("A name needs at least one letter."),
        "birth": gettext("Date of birth must be a day that exists and is not in the future."),
        "companions": gettext("There is no such case at this post. Check the case number."),
        "nationality": gettext("Choose a nationality or none, not both."),
    }[field]


def near_countries(work: Work, post: post_lists.PostShown) -> tuple[str, ...]:
    """The country across the border of this post, those that the country's other posts face, its own."""
    pack = work.shelf.get(post.pack, work.now.date())
    faced = sorted({row.facing for row in pack.posts.values() if row.facing})
    near = [post.neighbour, *faced, post.country]
    return tuple(dict.fromkeys(code for code in near if code))


def _kept(registered: Registered) -> dict[str, object]:
    return {
        "case_number": registered.case_number,
        "elsewhere": registered.elsewhere,
        "hints": [
            {
                "number": hint.case_number,
                "day": hint.registered_on.isoformat(),
                "reasons": as_codes(hint.likeness.reasons),
            }
            for hint in registered.hints[:_MOST_HINTS]
        ],
    }


@blueprint.post("/register/candidates")
@opens(Act.CHECK_REGISTERED)
def candidates(work: Work) -> Response:
    """Who is perhaps already registered, while one types. Case numbers and reasons, no names."""
    form = CandidatesForm()
    form.validate()
    texts = [text for text in (form.name.data, form.own_name.data) if text]
    birth = Birth(**birth_data(form.birth)) if form.birth.data else Birth()
    found = search.similar(work, texts, birth.years(work.now.date())) if texts else Similar((), 0)
    people = [_candidate(hint) for hint in found.hints[:_MOST_HINTS]]
    answer: Response = jsonify(
        heading=gettext("Perhaps already registered"),
        people=people,
        elsewhere=elsewhere_words(found.elsewhere),
    )
    return answer


@blueprint.post("/register/alike")
@opens(Act.CHECK_REGISTERED, typed=True)
def alike_typed(work: Work) -> Any:
    """The same on a press, for a browser without scripts: the form as typed, and beside it who is alike."""
    prepare(work)
    form = ArrivalForm()
    form.key.data = form.key.data or uuid4().hex
    if not form.is_fresh():
        return render_template("border/register.html", form=form), 422
    texts = [one.data for one in (form.name, form.own_name, form.document_name) if one.data]
    form.birth.validate(form)
    stated = Birth(**birth_data(form.birth)) if form.birth.data else Birth()
    found = Similar((), 0)
    if any(letter.isalpha() for text in texts for letter in text):
        found = search.similar(work, texts, stated.years(work.now.date()))
    form.birth.errors = ()
    return render_template("border/register.html", form=form, alike=alike_words(found))


@blueprint.get("/cases/<number>/alike")
@opens(Act.CHECK_REGISTERED)
def alike(work: Work, number: str) -> str:
    """Who is perhaps the same as the person of this case. Nothing is merged, and no name is shown."""
    g.place = "border.today"
    found = search.similar_to(work, number)
    shown = casenumbers.show(casenumbers.parse(number))
    return render_template("border/alike.html", number=shown, alike=alike_words(found))


def alike_words(found: Similar) -> dict[str, Any]:
    """Rows of who is alike, best first, and a sentence on how many there are at other posts."""
    people = [_candidate(hint) for hint in found.hints[:_MOST_HINTS]]
    return {"people": people, "elsewhere": elsewhere_words(found.elsewhere)}


def elsewhere_words(count: int) -> str:
    """That somebody is registered elsewhere: exists, ask; neither who nor where."""
    if not count:
        return ""
    exists = ngettext(
        "%(num)s person with a like name is registered at another post.",
        "%(num)s persons with like names are registered at other posts.",
        count,
    )
    return f"{exists} {gettext('Who it is stays there. If it matters, ask your supervisor.')}"


def _candidate(hint: Hint) -> dict[str, Any]:
    shown = casenumbers.show(hint.case_number)
    return {
        "text": shown,
        "url": url_for("border.case", number=shown),
        "reasons": [
            gettext("registered on %(day)s", day=long_date(hint.registered_on)),
            *words_of(as_codes(hint.likeness.reasons)),
        ],
    }
