"""What the fields refuse, what they keep, and what they make of what was typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.web.controls import DIRECTION_CONTROLS
from app.web.fields import (
    AnswerField,
    CheckboxesField,
    CodeField,
    IntegerField,
    Option,
    PasswordField,
    RadiosField,
    SelectField,
    TextAreaField,
    TextField,
    add_errors,
    clean,
    country_choices,
    error_list,
    plain_digits,
)


class OneForm(FlaskForm):
    name = TextField("Name", required="Enter a name", hint="As it is said")
    note = TextAreaField("Note", max_length=50)
    case = CodeField("Case number")
    people = IntegerField("People", least=1, most=40)
    secret = PasswordField("Password")
    sex = RadiosField("Sex", options=(Option(value="F", label="F"), Option(value="M", label="M")))
    fear = AnswerField("Afraid?", private=True)
    needs = CheckboxesField(
        "Needs",
        options=(
            Option(value="medical", label="Doctor", pictogram="medical"),
            Option(value="child", label="Child"),
            Option(value="none", label="None", exclusive=True),
        ),
    )
    country = SelectField(
        "Country", choices=lambda: country_choices(("AFG", "KAZ", "TJK"), first=("TJK",))
    )


Fill = Callable[..., OneForm]


@pytest.fixture
def fill(kitchen: Flask) -> Iterator[Fill]:
    with kitchen.test_request_context("/kitchen"):

        def filled(**typed: str | list[str]) -> OneForm:
            form = OneForm(MultiDict({"name": "Gul", **typed}))
            form.validate()
            return form

        yield filled


@pytest.mark.asvs("1.1.2", "1.2.1")
@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "گل‌چهره", "O'ktam", "محمد Али"])
def test_a_name_in_any_script_is_kept_as_it_is_and_escaped(fill: Fill, name: str) -> None:
    form = fill(name=name)

    assert form.name.data == name
    assert not form.errors
    assert "<script" not in form.name()
    assert 'dir="auto"' in form.name()


@pytest.mark.asvs("1.3.3")
@pytest.mark.parametrize("letter", ["\0", "\x1b", "\x7f", "\u202e", "\ufffe", "\x85"])
def test_hidden_characters_are_refused_and_the_rest_is_kept(fill: Fill, letter: str) -> None:
    form = fill(name=f"Gul{letter}chehra")

    assert "hidden characters" in form.name.errors[0]
    assert 'value="Gulchehra"' in form.name()


@pytest.mark.asvs("1.1.1")
@pytest.mark.parametrize(
    "typed",
    [
        "%41",
        "%2541",
        "&lt;b&gt;",
        "&amp;lt;",
        "\\u0041",
        "+",
        "%u0041",
        "=?utf-8?q?A?=",
        "&#65;",
        "\\x41",
    ],
)
def test_what_looks_encoded_is_what_somebody_typed(kitchen: Flask, typed: str) -> None:
    """The form's own encoding is taken off once, by the framework; nothing after it decodes again."""
    sent = urlencode({"name": typed})
    with kitchen.test_request_context(
        "/kitchen", method="POST", data=sent, content_type="application/x-www-form-urlencoded"
    ):
        form = OneForm(meta={"csrf": False})
        assert form.name.data == typed
        assert form.validate()
        assert form.name.data == typed


@pytest.mark.asvs("1.3.3")
def test_five_thousand_letters_are_refused_and_kept(fill: Fill) -> None:
    form = fill(name="ا" * 5000)

    assert form.name.errors == ["Name must be 200 characters or fewer. You entered 5000."]
    assert "ا" * 5000 in form.name()


@pytest.mark.parametrize("empty", ["", "   ", "\u00a0\n"])
def test_an_empty_required_field_says_what_to_enter(fill: Fill, empty: str) -> None:
    form = fill(name=empty)

    assert form.name.errors == ["Enter a name"]
    assert error_list(form) == [("name", "Enter a name")]


def test_an_error_is_tied_to_its_field(fill: Fill) -> None:
    markup = fill(name="").name()

    assert 'aria-describedby="name-hint name-error"' in markup
    assert 'id="name-error"' in markup
    assert "govuk-form-group--error" in markup


@given(st.text())
def test_cleaning_twice_changes_nothing_and_leaves_no_control(raw: str) -> None:
    once, _ = clean(raw, multiline=False)

    assert clean(once, multiline=False) == (once, False)
    assert not set(once) & (DIRECTION_CONTROLS | {"\0", "\n", "\t", "\r"})


@given(st.integers(0, 9999), st.sampled_from("٠۰०০0"))
def test_digits_of_every_script_are_read(number: int, zero: str) -> None:
    foreign = "".join(chr(ord(zero) + int(digit)) for digit in str(number))

    assert plain_digits(foreign) == str(number)


def test_lines_of_a_note_are_kept(fill: Fill) -> None:
    assert fill(note="one\r\ntwo\ttabs").note.data == "one\ntwo\ttabs"


@pytest.mark.parametrize(
    ("typed", "number"),
    [("۱۲", 12), ("40", 40), (" 7 ", 7), ("0", None), ("4.5", None), ("x", None)],
)
def test_a_whole_number_is_read_or_refused_and_shown_again(
    fill: Fill, typed: str, number: int | None
) -> None:
    form = fill(people=typed)

    assert form.people.data == number
    assert bool(form.people.errors) is (number is None)
    assert f'value="{plain_digits(typed).strip()}"' in form.people()


@pytest.mark.asvs("6.2.8")
def test_a_password_is_never_shown_again_and_never_changed(fill: Fill) -> None:
    form = fill(secret="  sécret ")

    assert form.secret.data == "  sécret "
    assert "sécret" not in form.secret()
    assert " value=" not in form.secret()


@pytest.mark.asvs("2.2.1")
def test_an_unknown_code_is_refused_everywhere(fill: Fill) -> None:
    form = fill(sex="Q", fear="maybe", needs=["medical", "q"], country="ZZZ")

    assert set(form.errors) == {"sex", "fear", "needs", "country"}
    assert form.needs.data == ["medical"]


def test_none_of_these_excludes_the_others(fill: Fill) -> None:
    assert fill(needs=["none"]).needs.data == ["none"]
    assert "needs" in fill(needs=["none", "child"]).errors


def test_nothing_chosen_is_nothing(fill: Fill) -> None:
    form = fill()

    assert (form.sex.data, form.needs.data, form.country.data, form.note.data) == (
        None,
        [],
        None,
        None,
    )
    assert not form.errors


def test_the_post_s_neighbours_come_first_and_the_choice_is_marked(fill: Fill) -> None:
    markup = fill(country="KAZ").country()

    assert markup.index("Tajikistan") < markup.index("Afghanistan") < markup.index("Kazakhstan")
    assert '<option value="KAZ" selected>Kazakhstan</option>' in markup
    assert markup.count("selected") == 1


def test_the_choices_are_built_once_for_each_language(kitchen: Flask) -> None:
    with kitchen.test_request_context("/kitchen"):
        first = country_choices(("AFG", "KAZ"))
        assert country_choices(("AFG", "KAZ")) is first
    with kitchen.test_request_context("/kitchen", headers={"Cookie": "language=ru"}):
        assert country_choices(("AFG", "KAZ")) is not first
        assert ("AFG", "Афганистан") in country_choices(("AFG", "KAZ")).groups[0][1]


def test_the_schema_s_errors_go_back_to_their_fields(fill: Fill) -> None:
    form = fill()

    add_errors(form, {"name": ["Not a name."], "nowhere": ["Something else."]})

    assert error_list(form) == [("main-content", "Something else."), ("name", "Not a name.")]
    assert "Not a name." in form.name()


def test_every_pictogram_is_drawn_in_the_sprite(kitchen: Flask, fill: Fill) -> None:
    sprite = kitchen.test_client().get("/static/pictograms.svg").text

    assert 'id="medical"' in sprite
    assert "#medical" in fill().needs()
