"""What a notice is: data first; `Notice.told` puts it into words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from attrs import field, fields, frozen

from ordercore.data import document
from ordercore.data.checks import (
    MAX_QUANTITY,
    Check,
    aware,
    each,
    identifier,
    instance,
    integer,
    member,
    member_of,
    names_of,
    optional,
    text,
    tuple_of,
)
from ordercore.data.instants import pinned
from ordercore.events import canonical
from ordercore.money import Money
from ordercore.notices.kinds import CustomerAction, NoticeKind, Urgency, Voice
from ordercore.notices.policy import NoticePolicy, kind_of
from ordercore.notices.words import NoticeText, told
from ordercore.stock.answer import MAX_ANSWERS, PartShort, SiteUnits
from ordercore.stock.materials.plan import MAX_NEED
from ordercore.stock.proposals import Cause
from ordercore.stock.resources import MAX_BOOKINGS, BookingConflict, Lack
from ordercore.wording import Words

__all__ = ["Matter", "Notice", "NoticeUnits", "Subject", "addressed"]

_MOST: Final = MAX_QUANTITY * 10_000
_units: Check = integer(least=0, most=2 * MAX_NEED)
_balance: Check = optional(integer(least=-_MOST, most=_MOST))
_maybe_aware: Check = optional(aware)
_maybe_money: Check = optional(instance(Money))
_code: Check = text(most=64)


@frozen
class Subject:
    """Something that a notice is about.

    Args:
        kind: What it is: ``order``, ``other_order``, ``payment``, ``refund``, ``change``,
            ``sku``, ``site``, ``receipt``, ``stock_level``, ``reservation``, ``holder``,
            ``requirement``, ``resource``.
        id: Its id.
        name: What people call it by, such as the number of an order; empty: by its id.
    """

    kind: str = field(validator=identifier)
    id: str = field(validator=text(most=64, least=1))
    name: str = field(default="", validator=text(most=200))

    @property
    def title(self) -> str:
        """The name, or the id where there is none."""
        return self.name or self.id


def _elsewhere(given: Iterable[SiteUnits]) -> tuple[SiteUnits, ...]:
    return tuple_of(given)


def _parts(given: Iterable[PartShort]) -> tuple[PartShort, ...]:
    return tuple_of(given)


@frozen(kw_only=True)
class NoticeUnits:
    """Units that a notice is about.

    Args:
        id: The id of the order's line; where there is no order, the sku, or what is booked
            for; where several orders miss units, for which of them.
        title: What people call the product, or the order.
        quantity: How many units: shipped, short, to be bought, whatever the notice tells.
        wanted: How many were asked for, or are to be there.
        available: How many there are of these; negative: so many are owed.
        point: The reorder point that was reached.
        enough_from: From when on there would be all; None: nobody knows, or it is not asked.
        reasons: Why some are short, as codes: see `ordercore.stock.Shortage`.
        elsewhere: Which other sites have some.
        parts: Of what is made, the parts that are short.
        unit: In what they are counted, such as ``cm``; None: by the piece, or nobody says.
    """

    id: str = field(validator=identifier)
    title: str = field(validator=text(most=200, least=1))
    quantity: int = field(validator=_units)
    wanted: int | None = field(default=None, validator=_balance)
    available: int | None = field(default=None, validator=_balance)
    point: int | None = field(default=None, validator=_balance)
    enough_from: datetime | None = field(default=None, converter=pinned, validator=_maybe_aware)
    reasons: tuple[str, ...] = field(default=(), converter=names_of, validator=each(identifier))
    elsewhere: tuple[SiteUnits, ...] = field(
        default=(), converter=_elsewhere, validator=each(instance(SiteUnits))
    )
    parts: tuple[PartShort, ...] = field(
        default=(), converter=_parts, validator=each(instance(PartShort), most=MAX_ANSWERS)
    )
    unit: str | None = field(default=None, validator=optional(text(most=32, least=1)))


def _urgency(given: Urgency | str) -> Urgency:
    return member_of(Urgency, given)


def _voice(given: Voice | str) -> Voice:
    return member_of(Voice, given)


def _action(given: CustomerAction | str | None) -> CustomerAction | None:
    return None if given is None else member_of(CustomerAction, given)


def _subjects(given: Iterable[Subject]) -> tuple[Subject, ...]:
    return tuple_of(given)


def _several(given: Iterable[NoticeUnits]) -> tuple[NoticeUnits, ...]:
    return tuple_of(given)


def _causes(given: Iterable[Cause]) -> tuple[Cause, ...]:
    return tuple_of(given)


def _lacks(given: Iterable[Lack]) -> tuple[Lack, ...]:
    return tuple_of(given)


def _conflicts(given: Iterable[BookingConflict]) -> tuple[BookingConflict, ...]:
    return tuple_of(given)


def _audience(given: str) -> str:
    return str(given) if isinstance(given, StrEnum) else given


@frozen(kw_only=True)
class Matter:
    """What is told, before it is known to whom; the fields are those of `Notice`."""

    kind: NoticeKind = field(alias="about", converter=kind_of, validator=member(NoticeKind))
    urgency: Urgency = field(converter=_urgency, validator=member(Urgency))
    subjects: tuple[Subject, ...] = field(
        default=(), converter=_subjects, validator=each(instance(Subject), most=MAX_ANSWERS)
    )
    units: tuple[NoticeUnits, ...] = field(
        default=(), converter=_several, validator=each(instance(NoticeUnits), most=MAX_ANSWERS)
    )
    amount: Money | None = field(default=None, validator=_maybe_money)
    due: Money | None = field(default=None, validator=_maybe_money)
    action: CustomerAction | None = field(
        default=None, converter=_action, validator=optional(member(CustomerAction))
    )
    reason: str = field(default="", validator=_code)
    edits: tuple[str, ...] = field(default=(), converter=names_of, validator=each(identifier))
    causes: tuple[Cause, ...] = field(
        default=(), converter=_causes, validator=each(instance(Cause), most=10_000)
    )
    lacks: tuple[Lack, ...] = field(
        default=(), converter=_lacks, validator=each(instance(Lack), most=MAX_ANSWERS)
    )
    conflicts: tuple[BookingConflict, ...] = field(
        default=(),
        converter=_conflicts,
        validator=each(instance(BookingConflict), most=MAX_BOOKINGS),
    )
    needed_by: datetime | None = field(default=None, converter=pinned, validator=_maybe_aware)
    act_by: datetime | None = field(default=None, converter=pinned, validator=_maybe_aware)
    expected_at: datetime | None = field(default=None, converter=pinned, validator=_maybe_aware)
    at: datetime | None = field(default=None, converter=pinned, validator=_maybe_aware)


@document("notice")
@frozen(kw_only=True)
class Notice(Matter):
    """A message for somebody, as data.

    It holds no name of a person, no telephone number and no address: whom to reach, and
    where, a host knows of the order or the audience.

    Args:
        about: What it is about; it is read as ``kind``.
        audience: For whom: see `NoticePolicy`.
        voice: How they are spoken to.
        key: The same for the same event or finding and the same audience, and for the same
            order where an event is told of each order by itself; of an appointment the same
            whoever's agenda tells it: who has sent a notice of a key has sent all of that key.
        urgency: How soon somebody should see to it.
        subjects: What it is about: ids of an order, a payment, a sku.
        units: Which units it is about.
        amount: An amount that it is about: the payable, a payment, what goes back, the
            difference that a change makes.
        due: What is to be paid, as the order stands.
        action: What the customer is asked to do; None: nothing.
        reason: Why, as a code of the shop or of a provider; it is told to staff alone.
        edits: The tags of the edits of a change.
        causes: Why something is to be bought or made.
        lacks: Which roles cannot be filled, and why.
        conflicts: Which bookings a resource does not keep any more, and why.
        needed_by: When units are needed.
        act_by: When they must be ordered or begun for that.
        expected_at: When they come, or a service could begin or does, as it stands; None:
            nobody knows, or it is not asked.
        at: When it happened; None: it was found.
    """

    audience: str = field(converter=_audience, validator=identifier)
    voice: Voice = field(converter=_voice, validator=member(Voice))
    key: str = field(validator=identifier)

    @property
    def topic(self) -> str:
        """What it is about, whatever the numbers: a later finding of a topic outdates this one.

        For findings only: two events of an order may be of one topic and still both be news.
        """
        about = [f"{each.kind} {each.id}" for each in self.subjects]
        about += [each.id for each in self.units]
        return _digest(self.audience, self.kind, *about)

    def told(self, locale: str = "en", *, zone: str | None = None) -> NoticeText:
        """Put it into words.

        Args:
            locale: Such as ``zh_CN`` or ``en_GB``.
            zone: In which time zone instants are told; None: each by its own offset.

        Raises:
            InvalidValue: There are no words in that language, or there is no such zone.
        """
        return told(self, Words(locale), zone)


_CONTENT: Final = tuple((each.alias or each.name, each.name) for each in fields(Matter))


def addressed(matter: Matter, policy: NoticePolicy, source: str = "") -> tuple[Notice, ...]:
    """Make the notices of a matter: one for each audience.

    Args:
        matter: What is told.
        policy: Who is told.
        source: What it is told of, each event another text; empty: what is told says it all.
    """
    content: dict[str, Any] = {alias: getattr(matter, name) for alias, name in _CONTENT}
    told_of = source or canonical(matter)
    return tuple(
        Notice(
            audience=audience,
            voice=policy.voice(audience),
            key=_digest(audience, matter.kind, told_of),
            **content,
        )
        for audience in policy.audiences(matter.kind)
    )


def _digest(*told_of: str) -> str:
    return sha256("\n".join(told_of).encode()).hexdigest()
