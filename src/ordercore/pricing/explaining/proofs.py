"""How good the combination of promotions is, by proof, as rows of an explanation."""

from __future__ import annotations

from ordercore.pricing.explaining.naming import Teller
from ordercore.pricing.explaining.rows import Row, RowKind
from ordercore.pricing.quote import Quote
from ordercore.pricing.resolvers.certificate import Certificate

__all__ = ["proof_rows"]


def proof_rows(quote: Quote, tell: Teller) -> tuple[Row, ...]:
    """Tell what each certificate says; of which layers, unless it is of all of them."""
    return tuple([_proof(told, quote, tell) for told in quote.certificates])


def _proof(told: Certificate, quote: Quote, tell: Teller) -> Row:
    key = "proof.exact" if told.exact else "proof.gap"
    if told.layers == quote.book.layers:
        words = tell.words.say(key)
    else:
        words = tell.words.say(f"{key}.layers", layers=tell.words.joined(told.layers))
    gap = None if told.exact else told.gap
    return Row(kind=RowKind.PROOF, words=words, value=gap, because=told.layers)
