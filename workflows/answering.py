"""PURE. How long an answer may take, by urgency: rows of `config/data/answering.csv`.

A desk's question stops its own clock and starts the sender's. It may ask twice, each time for less than its
own time, so that asking cannot be used to put off an answer: together never more than the sum of the three.
"""

from __future__ import annotations

from datetime import timedelta

from config.codes import rows
from models.vocabulary import Urgency


def _by_urgency(column: str, unit: str) -> dict[Urgency, timedelta]:
    found = {Urgency(row["urgency"]): int(row[column]) for row in rows("answering")}
    return {urgency: timedelta(**{unit: found[urgency]}) for urgency in Urgency}


#: How long a desk has to answer a referral.
ANSWER_WITHIN = _by_urgency("answer_hours", "hours")
#: How long the sender has to answer a desk's question.
QUESTION_WITHIN = _by_urgency("question_hours", "hours")
#: The longest that somebody may be on a waiting list before the sender looks elsewhere.
WAITING_AT_MOST = _by_urgency("waiting_days", "days")
#: How often a desk may ask before it must answer.
QUESTIONS_AT_MOST = 2
