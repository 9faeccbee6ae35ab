"""A page with everything on it, for tests only: every part, every field, every state."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader

from app import assets, locale, security
from app.web import frame
from app.web.fields import (
    AnswerField,
    CheckboxesField,
    Choices,
    CodeField,
    ConfirmField,
    IntegerField,
    Option,
    PartialDateField,
    PasswordField,
    RadiosField,
    SelectField,
    SubmitField,
    TextAreaField,
    TextField,
    country_choices,
)

HERE = Path(__file__).parent
APP = HERE.parent.parent / "app"
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
COUNTRIES = tuple(
    row["alpha3"]
    for row in csv.DictReader(
        (APP.parent / "config" / "data" / "countries.csv").read_text("utf-8").splitlines()
    )
    if row["kind"] == "country"
)


def nationalities() -> Choices:
    return country_choices(
        COUNTRIES,
        first=("AFG", "UZB", "KGZ", "TJK"),
        extra=(("none", "None (stateless)"), ("unknown", "Not known")),
    )


class WhoForm(FlaskForm):
    """The fields of the Who page."""

    name = TextField("Name as given", hint="One name is enough.", required="Enter a name")
    own_name = TextField("Name in own script", optional=True)
    sex = RadiosField(
        "Sex",
        options=(
            Option(value="F", label="Female"),
            Option(value="M", label="Male"),
            Option(value="X", label="Another"),
            Option(value="U", label="Not known"),
        ),
        inline=True,
        small=True,
        required="Choose a sex, or “Not known”",
    )
    birth = PartialDateField(
        "Birth", hint="As exact as it is known.", today=lambda: date(2026, 11, 24)
    )
    nationality = SelectField("Nationality", choices=nationalities)
    language_spoken = RadiosField(
        "Interpreter",
        options=(
            Option(value="no", label="Not needed"),
            Option(value="yes", label="Needed", reveals="interpreter"),
        ),
    )
    interpreter = TextField("Language", width=20)
    document = TextAreaField("Lines at the bottom of the passport", rows=2, direction="ltr")
    submit = SubmitField("Continue", key="c")


class EveryForm(WhoForm):
    """And the fields that the Who page does not have."""

    needs = CheckboxesField(
        "Urgent needs",
        tiles=True,
        options=(
            Option(value="medical", label="Needs a doctor now", pictogram="medical"),
            Option(value="child", label="Child alone", pictogram="child"),
            Option(value="injury", label="Injury", pictogram="injury"),
            Option(value="pregnancy", label="Pregnant", pictogram="pregnancy"),
            Option(value="companion", label="Danger from a companion", pictogram="companion"),
            Option(value="weapon", label="Weapon", pictogram="weapon"),
            Option(value="distress", label="Great distress", pictogram="distress"),
            Option(value="disability", label="Cannot walk, see or hear", pictogram="disability"),
            Option(value="none", label="None of these", exclusive=True),
        ),
    )
    fear = AnswerField("Is there something you are afraid of, if you go back?", private=True)
    case = CodeField("Case number", width=10)
    people = IntegerField("How many travel together?", least=1, most=40)
    password = PasswordField("Password")
    told = ConfirmField("The person was told who we are and why we ask")
    note = TextAreaField("Note", counted=True, max_length=500)


def make_frame() -> frame.Frame:
    return frame.Frame(
        home_url="/kitchen",
        workplace="Korday road crossing",
        role="Border official",
        places=(
            frame.Place(label="Today", url="/kitchen", count=12, current=True, key="t"),
            frame.Place(label="Register a person", url="/who", key="n"),
            frame.Place(label="Help", url="/who"),
        ),
        lock_url="/lock",
        sign_out_url="/sign-out",
        demonstration=True,
    )


def make_kitchen() -> Flask:
    """The frame alone, with the kitchen page, as the factory would put it together."""
    app = Flask("kitchen", template_folder=str(APP / "templates"), static_folder=None)
    app.config.update(
        SECRET_KEY="for the kitchen only",
        WTF_CSRF_ENABLED=False,
        BABEL_TRANSLATION_DIRECTORIES=str(APP / "translations"),
    )
    app.jinja_env.loader = ChoiceLoader(
        [FileSystemLoader(APP / "templates"), FileSystemLoader(HERE / "templates")]
    )
    assets.init_app(app)
    locale.init_app(app, timezone=lambda: "Asia/Almaty")
    frame.init_app(app, make_frame)
    security.init_app(app)
    add_pages(app)
    return app


def add_pages(app: Flask) -> None:
    @app.route("/kitchen", methods=["GET", "POST"])
    def kitchen() -> ResponseReturnValue:
        form = EveryForm()
        valid = form.validate_on_submit()
        status = 422 if request.method == "POST" and not valid else 200
        page = render_template(
            "kitchen.html", form=form, now=NOW, hour=timedelta(hours=1), day=NOW.date()
        )
        return page, status

    @app.route("/who", methods=["GET", "POST"])
    def who() -> ResponseReturnValue:
        form = WhoForm()
        form.validate_on_submit()
        return render_template("who.html", form=form)

    @app.get("/receipt")
    def receipt() -> ResponseReturnValue:
        return render_template("receipt_page.html")

    @app.post("/lock")
    def lock() -> ResponseReturnValue:
        """Leaving in a hurry locks."""
        return "", 204

    @app.get("/leave")
    def leave() -> ResponseReturnValue:
        return render_template(
            "errors/problem.html", title="This page was left", what_next="Nothing to see here."
        )

    @app.post("/candidates")
    def candidates() -> ResponseReturnValue:
        return {
            "heading": "Perhaps already registered",
            "people": [{"text": "<b>Abdul</b>", "url": "/who", "reasons": ["same year of birth"]}],
        }

    @app.get("/broken")
    def broken() -> ResponseReturnValue:
        raise RuntimeError("on purpose")
