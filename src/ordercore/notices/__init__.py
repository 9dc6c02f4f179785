"""Who is told of what: events, findings and proposals become messages for staff and customers.

A `Notice` is data: what it is about, for whom, how urgent, with its numbers. `Notice.told` puts
it into words. Which kinds go to whom is a table, `NoticePolicy`. Nothing is sent from here.
"""

from ordercore.notices.found import Finding, notices_for
from ordercore.notices.happened import NOBODY, notices_of
from ordercore.notices.kinds import (
    FOR_CUSTOMERS,
    URGENCIES,
    CustomerAction,
    NoticeKind,
    Urgency,
    Voice,
)
from ordercore.notices.notice import Notice, NoticeUnits, Subject
from ordercore.notices.policy import USUAL_ROUTES, Audience, NoticePolicy, Route
from ordercore.notices.words import NoticeText

__all__ = [
    "FOR_CUSTOMERS",
    "NOBODY",
    "URGENCIES",
    "USUAL_ROUTES",
    "Audience",
    "CustomerAction",
    "Finding",
    "Notice",
    "NoticeKind",
    "NoticePolicy",
    "NoticeText",
    "NoticeUnits",
    "Route",
    "Subject",
    "Urgency",
    "Voice",
    "notices_for",
    "notices_of",
]
