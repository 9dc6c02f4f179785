"""Capable to promise: from when on a basket can be there, by what is there and on its way.

Netting backwards from an instant tells when everything would have to be begun, and covers
each need with what has come by then. The later the instant, the more has come and the later
things are begun: so the earliest instant that will do is found by halving.

What people and machines have time for is not known here: a `Capacity` tells it. Then what is
made is begun as soon as its parts are there, from the lowest level up, each taking the time
that it needs from the others; and an instant is looked for by which all is done so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, Protocol

from attrs import field, frozen

from ordercore.calendars import WorkingTime, instant_us
from ordercore.calendars.windows import MICROSECOND
from ordercore.data.checks import Named, aware, instance
from ordercore.data.instants import pinned
from ordercore.errors import InvalidDocument, InvalidValue, LimitExceeded
from ordercore.stock.materials.book import BillBook
from ordercore.stock.materials.choosing import Preferred, Soonest
from ordercore.stock.materials.demands import (
    Basket,
    Receipt,
    Stock,
    Wanted,
    receipts_of,
    stock_of,
    wanted_of,
)
from ordercore.stock.materials.lead_times import after
from ordercore.stock.materials.netting import Due, Netting, Outcome, supply_of, taken_by
from ordercore.stock.materials.plan import MaterialPlan
from ordercore.stock.materials.planning import plan_of

__all__ = ["HORIZON", "Capacity", "MaterialPromise", "delay", "earliest", "first"]

HORIZON: Final = timedelta(days=730)
"""How far ahead a promise looks."""

_FAR: Final = HORIZON // MICROSECOND
_GUESSES: Final = 20
"""So often it is looked for where it may be, before it is found by halving."""

_EVER: Final = datetime.min.replace(tzinfo=UTC)


class Capacity(Protocol):
    """When people and machines have time for production.

    Asked later, it never answers earlier; it answers nothing before ``start``. What it has
    answered takes time from nobody: the capacity that comes with the answer knows of it.
    """

    @property
    def skus(self) -> Collection[str]:
        """The parts that it was told of, so that a slip in one is found; none: of any."""
        ...

    def done(self, sku: str, units: int, start: datetime) -> tuple[datetime, Capacity] | None:
        """Tell when so many units can be done, begun at ``start`` or later; None: never.

        Returns:
            When they are done, and the capacity that is left.
        """
        ...


@frozen
class MaterialPromise:
    """From when on a basket can be there.

    Args:
        at: When.
        plan: How, and when each part must be begun for that, if nobody has to wait for
            people or machines.
        capacity: What they have time for, once all of it is made; None: nobody was asked.
    """

    at: datetime = field(converter=pinned, validator=aware)
    plan: MaterialPlan = field(validator=instance(MaterialPlan))
    capacity: Capacity | None = None


def earliest(
    book: BillBook,
    basket: Basket,
    stock: Stock,
    *,
    at: datetime,
    receipts: Iterable[Receipt] = (),
    buying: bool = False,
    calendar: WorkingTime | None = None,
    capacity: Capacity | None = None,
) -> MaterialPromise | None:
    """Find the earliest instant at which all of a basket can be there.

    With substitutes or several bills it is the earliest by preference; where parts are bought,
    what is short falls to the way that can be there in time, if so the basket can be there
    sooner. With a capacity, people
    and machines are given to the parts from the lowest level up, each as soon as it can be
    begun; it is not sought whether all would be done sooner in another order.

    Args:
        book: The bills.
        basket: What is wanted; when its lines want it plays no part.
        stock: What is there now.
        at: Now: nothing is begun earlier.
        receipts: What is on its way, with the instants at which it can be used.
        buying: Whether parts may be bought for it, and come after their lead time.
        calendar: In which working time passes, if a lead time is counted in it.
        capacity: When there is time for production; None: always.

    Returns:
        The promise; None: not within `HORIZON`, by what is known.

    Raises:
        InvalidDocument: With every fault of basket and stock; or with every part that the
            capacity was told of and the book does not know.
        InvalidValue: A lead time is in working time, and there is no calendar.
        LimitExceeded: The horizon ends after the year 9999.
    """
    aware(None, Named("at"), at)
    now, lines = _with_horizon(at), wanted_of(book, basket)
    _check_known(() if capacity is None else capacity.skus, book)
    supply = supply_of(stock_of(stock), receipts_of(receipts))

    def passed(chooser: Preferred, microseconds: int) -> Netting:
        then = now + microseconds * MICROSECOND
        wanted = [Wanted(line.sku, line.units, then) for line in lines]
        return Netting(book, supply, chooser, calendar).run(wanted)

    def found_by(chooser: Preferred) -> int | None:
        return first(lambda then: delay(passed(chooser, then), now, buying=buying))

    chooser, found = Preferred(), found_by(Preferred())
    if buying and found != 0 and any(book.has_choice(line.sku) for line in lines):
        quick = Preferred(Soonest(book, now, calendar))
        sooner = found_by(quick)
        if sooner is not None and (found is None or sooner < found):
            chooser, found = quick, sooner
    netted = partial(passed, chooser)
    if found is None:
        return None
    if capacity is None:
        then = now + found * MICROSECOND
        return MaterialPromise(then.astimezone(at.tzinfo), plan_of(netted(found)))
    shop = _Shop(now, capacity, calendar)

    def overdue(microseconds: int) -> int:
        return shop.overdue(netted(microseconds), now + microseconds * MICROSECOND)

    own = shop.made(netted(found))
    far = _FAR if own is None else instant_us(own[0]) - instant_us(now)
    sooner = first(overdue, found, max(found, far))
    netting = netted(found if sooner is None else sooner)
    made = shop.made(netting)
    if made is None:
        return None
    then = max(made[0], now + found * MICROSECOND)
    return MaterialPromise(then.astimezone(at.tzinfo), plan_of(netting), made[1])


def _check_known(skus: Iterable[str], book: BillBook) -> None:
    """Refuse a capacity that was told of parts that the book does not know."""
    faults = [
        InvalidValue("a part of the book", sku, path=("capacity", i, "sku"), reason="unknown_part")
        for i, sku in enumerate(skus)
        if sku not in book
    ]
    if faults:
        raise InvalidDocument(faults)


def _with_horizon(at: datetime) -> datetime:
    """Take an instant on UTC; refuse one whose horizon Python has no date for."""
    try:
        return (at.astimezone(UTC) + HORIZON) - HORIZON
    except OverflowError:
        expected = f"an instant {HORIZON.days} days before the year 10000"
        raise LimitExceeded(expected, at, path=("at",)) from None


def first(lacking: Callable[[int], int], since: int = 0, until: int = _FAR) -> int | None:
    """Find the first instant that will do, where all later ones do; None: there is none.

    Args:
        lacking: Tells of an instant, in microseconds from now, how much later it may do by
            what is lacking then; 0: it will do. That is where it is looked for first, and
            then by halving: so a guess that is wrong costs time, and nothing else.
        since: Not before.
        until: Not after.
    """
    early, late, guess, is_hit = since - 1, until, since, False
    if lacking(late):
        return None
    guesses = _GUESSES
    while late - early > 1:
        if not guesses or not early < guess < late:
            guess = (early + late) // 2
        guesses = max(0, guesses - 1)
        later = lacking(guess)
        if later:
            early, guess, is_hit = guess, guess + later, False
        else:  # was the moment before too early?
            late, guess, is_hit = guess, -1 if is_hit else guess - 1, True
    return late


def delay(netting: Netting, at: datetime, *, buying: bool = False) -> int:
    """Tell how much later all could be there by what a pass lacks, in microseconds; 0: nothing.

    Args:
        netting: The pass.
        at: Now: nothing is begun earlier.
        buying: Whether what is short may be bought.
    """
    return max((_delay(each, netting, at, buying=buying) for each in netting.outcomes), default=0)


def _delay(outcome: Outcome, netting: Netting, at: datetime, *, buying: bool) -> int:
    late = 0
    if outcome.start_by is not None and outcome.start_by < at:
        late = instant_us(at) - instant_us(outcome.start_by)
    if buying or not outcome.short:
        return late
    due = outcome.needed_by
    supply = netting.supply.get(outcome.step.part.sku, ())
    coming = (when for when, _ in supply if when is not None and due is not None and when > due)
    when = next(coming, None)
    if when is None or due is None:
        return _FAR  # nobody knows
    return max(late, instant_us(when) - instant_us(due))


@frozen
class _Shop:
    """Makes what a pass makes, as soon as there are the parts, the people and the machines."""

    now: datetime
    capacity: Capacity
    calendar: WorkingTime | None

    def overdue(self, netting: Netting, then: datetime) -> int:
        """Tell how much later than an instant all is done, in microseconds; 0: by then."""
        made = self.made(netting)
        if made is None:
            return _FAR  # nobody knows
        return max(0, instant_us(made[0]) - instant_us(then))

    def made(self, netting: Netting) -> tuple[datetime, Capacity] | None:
        """Tell when all is there, and the capacity that is left then; None: never."""
        ready: dict[str, datetime] = {}
        capacity = self.capacity
        for outcome in sorted(netting.outcomes, key=lambda each: -each.step.level):
            part = outcome.step.part
            there = max(self.now, _there(outcome, netting.supply.get(part.sku, ())))
            if outcome.short:  # it is bought
                there = max(there, after(self.now, part, self.calendar))
            if outcome.made:
                start = max([self.now, *(ready[sku] for sku, _ in taken_by(outcome.split))])
                answer = capacity.done(part.sku, outcome.made, start)
                if answer is None:
                    return None
                done, capacity = answer
                there = max(there, done, after(start, part, self.calendar))
            ready[part.sku] = there
        return max(ready.values(), default=self.now), capacity


def _there(outcome: Outcome, supply: Sequence[tuple[Due, int]]) -> datetime:
    """Tell when the last of the units that a part is served with has come."""
    left = outcome.taken
    there = _EVER
    for when, units in supply:
        if left > 0 and when is not None:
            there = max(there, when)
        left -= units
    return there
