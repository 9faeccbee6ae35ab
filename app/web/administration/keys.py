"""Key operations: asked for by one administrator, approved by another, done at the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask_babel import gettext

from app.locale import listed
from app.schemas.key_orders import KeyOrderSchema
from app.web.administration.routes import blueprint
from app.web.forms.key_orders import ALONE, OPERATIONS, KeyOrderForm, key_words
from app.web.office_words import word
from app.web.page_versions import version_sent
from app.work import StalePage, opens
from workflows import approvals, key_orders
from workflows.errors import InvalidCommand
from workflows.policy import Act
from workflows.work import Work

_DONE = {"asked", "answered"}


@blueprint.get("/key-orders")
@opens(Act.MANAGE_KEYS)
def key_orders_page(work: Work) -> str:
    """What waits for a second administrator, what may be done now, and what somebody did alone."""
    g.place = "administration.key_orders_page"
    done = request.args.get("done", "")
    return render_template(
        "administration/key_orders.html",
        found=key_orders.listed(work),
        now=work.now,
        done=done if done in _DONE else None,
        operation=lambda told: word(OPERATIONS, str(told["operation"])),
        exactly=exactly,
        command=key_orders.command_of,
        why=lambda told: word(ALONE, str(told["alone"])),
    )


@blueprint.route("/key-orders/new", methods=["GET", "POST"])
@opens(Act.MANAGE_KEYS, typed=True)
def new_key_order(work: Work) -> Any:
    """Ask for one operation, exactly."""
    g.place = "administration.key_orders_page"
    form = KeyOrderForm()
    if request.method == "POST" and _ask(work, form):
        return redirect(url_for("administration.key_orders_page", done="asked"), 303)
    page = render_template("administration/new_key_order.html", form=form)
    return page, 422 if form.errors or form.form_errors else 200


def _ask(work: Work, form: KeyOrderForm) -> bool:
    data = {
        "operation": form.operation.data or "",
        "keys": list(form.keys.data or ()),
        "whom": (form.whom.data or "").split(),
    }
    command = form.checked(KeyOrderSchema(), data)
    if command is None:
        return False
    try:
        key_orders.ask(work, command)
    except InvalidCommand as error:
        form.refused(
            error,
            {
                "keys": gettext(
                    "Tick the keys that this is about; trust and custodians take none."
                ),
                "whom": gettext("Enter whom this is about, as the hint says; or nobody."),
            },
        )
        return False
    return True


@blueprint.post("/key-orders/<uuid:approval_id>")
@opens(Act.APPROVE)
def answer_key_order(work: Work, approval_id: UUID) -> Any:
    """Approve or refuse what another administrator asked, or say whether acting alone was right."""
    said = request.form.get("said", "")
    if said not in {"yes", "no"}:
        raise StalePage
    approvals.answer(work, approval_id, version_sent(), approve=said == "yes")
    return redirect(url_for("administration.key_orders_page", done="answered"), 303)


def exactly(told: Mapping[str, Any]) -> str:
    """Keys and names of an order, in words where there are such."""
    return listed([*(key_words(str(key)) for key in told["keys"]), *map(str, told["whom"])])
