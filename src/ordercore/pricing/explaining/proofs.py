"""How good the combination of promotions is, by proof, as rows of an explanation."""

from __future__ import annotations

from ordercore.pricing.explaining.naming import Teller
from ordercore.pricing.explaining.rows import Row, RowKind
from ordercore.pricing.quote import Quote
from ordercore.pricing.resolvers.certificate import Certificate

__all__ = ["proof_rows"]


def proof_rows(quote: Quote, tell: Teller) -> tuple[Row, ...]:
    """Tell what each certificate says; of which layers, if there are several certificates."""
    several = len(quote.certificates) > 1
    return tuple([_proof(told, tell, named=several) for told in quote.certificates])


def _proof(told: Certificate, tell: Teller, *, named: bool) -> Row:
    key = "proof.exact" if told.exact else "proof.gap"
    words = tell.words.say(key)
    if named:
        words = tell.words.say(f"{key}.layers", layers=tell.words.joined(told.layers))
    gap = None if told.exact else told.gap
    return Row(kind=RowKind.PROOF, words=words, value=gap, because=told.layers)
