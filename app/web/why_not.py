"""Why something cannot be done to a referral now, in words: beside a grey button on either side's pages."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext

from app.web.office_words import word
from workflows.states import WhyNot

WHY_NOT = {
    WhyNot.NOT_SENT: lazy_gettext("It was not sent."),
    WhyNot.NOT_ANSWERED: lazy_gettext("The desk has not answered yet."),
    WhyNot.QUESTION_OPEN: lazy_gettext("The desk has asked the sender something and waits."),
    WhyNot.ON_WAITING_LIST: lazy_gettext("The person is on the waiting list."),
    WhyNot.TIME_IS_OVER: lazy_gettext("The time to answer is over."),
    WhyNot.TAKEN: lazy_gettext("The desk has taken it."),
    WhyNot.STARTED: lazy_gettext("The service has started."),
    WhyNot.NOT_COME: lazy_gettext("The person did not come."),
    WhyNot.REPORTED: lazy_gettext("The outcome is reported."),
    WhyNot.ENDED: lazy_gettext("It has ended."),
    WhyNot.OTHER_SIDE: lazy_gettext("The other side does this."),
    WhyNot.ASKED_ENOUGH: lazy_gettext("The desk has asked twice: now it answers."),
    WhyNot.OBJECTED: lazy_gettext("The person has objected: nothing opens until it is answered."),
    WhyNot.CONSENT_OVER: lazy_gettext("The last day of the person's consent is over."),
    WhyNot.LISTED_BEFORE: lazy_gettext("It was on a waiting list before: now it is answered."),
}


def shut(may: Mapping[str, tuple[WhyNot, ...]]) -> dict[str, str]:
    """Verb -> the reasons against it in one line; empty where it may be done."""
    return {
        verb: " ".join(word(WHY_NOT, reason) for reason in reasons) for verb, reasons in may.items()
    }
