"""Which pages there are, and the frame of a request: the places of a role, and where one works."""

from __future__ import annotations

from flask import Flask, g, request, url_for
from flask_babel import gettext, lazy_gettext

from app.locale import in_own
from app.web import directory, federation, letters_in, session
from app.web.account import pages as account
from app.web.administration import pages as administration
from app.web.alone import pages as alone
from app.web.border import pages as border
from app.web.frame import Frame, Place
from app.web.person import larger
from app.web.person import pages as person
from app.web.protection import pages as protection
from app.web.supervision import pages as supervision
from app.work import engines
from models.vocabulary import Role
from workflows.sessions import Resumed

#: The blueprints, one a role; each module registers its routes on import.
BLUEPRINTS = (
    session.blueprint,
    account.blueprint,
    federation.blueprint,
    border.blueprint,
    protection.blueprint,
    supervision.blueprint,
    administration.blueprint,
    letters_in.blueprint,
    person.blueprint,
    alone.blueprint,
    directory.blueprint,
)

#: The places of each role: endpoint, label, key that opens it.
PLACES: dict[Role, tuple[tuple[str, str, str | None], ...]] = {
    Role.BORDER_OFFICIAL: (
        ("border.today", lazy_gettext("Today at this post"), "t"),
        ("border.register", lazy_gettext("Register a person"), "n"),
        ("border.search", lazy_gettext("Search"), "s"),
        ("border.tasks", lazy_gettext("Tasks"), None),
        ("directory.search", lazy_gettext("Services"), None),
    ),
    Role.PROTECTION_OFFICER: (
        ("protection.queue", lazy_gettext("Referrals"), "t"),
        ("protection.taken", lazy_gettext("In our care"), None),
        ("protection.desk_tasks", lazy_gettext("Tasks"), None),
        ("protection.day", lazy_gettext("Appointments"), None),
        ("protection.reception", lazy_gettext("Reception"), None),
        ("directory.search", lazy_gettext("Services"), None),
    ),
    Role.SUPERVISOR: (
        ("supervision.board", lazy_gettext("Board"), "t"),
        ("supervision.clocks", lazy_gettext("Clocks and silence"), None),
        ("supervision.figures", lazy_gettext("Figures"), None),
        ("supervision.rules", lazy_gettext("Rules"), None),
        ("supervision.keeping", lazy_gettext("Files and rights"), None),
        ("supervision.accountability", lazy_gettext("Accountability"), None),
    ),
    Role.ADMINISTRATOR: (
        ("administration.users", lazy_gettext("Users"), "t"),
        ("administration.network", lazy_gettext("Agencies and posts"), None),
        ("supervision.rules", lazy_gettext("Rules"), None),
        ("administration.key_orders_page", lazy_gettext("Keys"), None),
        ("administration.health", lazy_gettext("Health"), None),
    ),
    Role.MONITOR: (
        ("supervision.board", lazy_gettext("Board"), "t"),
        ("supervision.rules", lazy_gettext("Rules"), None),
        ("supervision.keeping", lazy_gettext("Files and rights"), None),
        ("supervision.complaints", lazy_gettext("Complaints"), None),
        ("supervision.accountability", lazy_gettext("Accountability"), None),
    ),
}


def register(app: Flask) -> None:
    """Register every page."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)


def resumed() -> Resumed | None:
    """The session of this request, if there is one."""
    found: Resumed | None = g.get("resumed")
    return found


def own_language() -> str | None:
    """The language that the officer has chosen."""
    found = resumed()
    return None if found is None else found.actor.language


def own_zone() -> str:
    """The zone of the post one works at; times are shown in it."""
    found = resumed()
    return "UTC" if found is None else found.zone


def frame_of_request() -> Frame:
    """What surrounds the page at hand."""
    found = resumed()
    settings = engines().settings
    if request.blueprint == person.blueprint.name:
        return Frame(
            home_url=url_for("person.enter"),
            leave_url=url_for("person.leave"),
            demonstration=settings.demonstration,
            training=settings.training,
            large=larger.is_larger(),
        )
    if request.blueprint == alone.blueprint.name:
        return Frame(demonstration=settings.demonstration, training=settings.training)
    if found is None or found.locked:
        return Frame(demonstration=settings.demonstration, training=settings.training)
    if found.owes:
        # Nothing else opens yet, so no place is offered.
        return Frame(
            sign_out_url=url_for("session.sign_out"),
            demonstration=settings.demonstration,
            training=settings.training,
        )
    return Frame(
        home_url=url_for("session.home"),
        workplace=in_own(found.place),
        role=role_word(found.actor.role),
        places=tuple(_places(found.actor.role)),
        lock_url=url_for("session.lock"),
        awake_url=url_for("session.awake"),
        idle_seconds=int(settings.idle_limit.total_seconds()),
        account_url=url_for("account.overview"),
        sign_out_url=url_for("session.sign_out"),
        leave_url=url_for("session.leave"),
        demonstration=settings.demonstration,
        training=settings.training,
    )


def _places(role: Role) -> list[Place]:
    from_here = g.get("place")
    return [
        Place(label=str(label), url=url_for(endpoint), current=endpoint == from_here, key=key)
        for endpoint, label, key in PLACES[role] + _practice(role)
    ]


def _practice(role: Role) -> tuple[tuple[str, object, str | None], ...]:
    """The scenarios, on the training ground."""
    if role is Role.BORDER_OFFICIAL and engines().settings.training:
        return (("border.scenarios", gettext("Practice"), None),)
    return ()


def role_word(role: Role) -> str:
    """The role in the reader's language."""
    words = {
        Role.BORDER_OFFICIAL: gettext("Border official"),
        Role.PROTECTION_OFFICER: gettext("Protection officer"),
        Role.SUPERVISOR: gettext("Supervisor"),
        Role.ADMINISTRATOR: gettext("Administrator"),
        Role.MONITOR: gettext("Independent monitor"),
    }
    return words[role]
