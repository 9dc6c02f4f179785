"""Currencies of ISO 4217 and how many decimals each has."""

from __future__ import annotations

from types import MappingProxyType
from typing import Self

from ordercore.data.registry import scalar
from ordercore.errors import InvalidType, InvalidValue

__all__ = ["Currency"]

_DIGITS = MappingProxyType(
    {
        code: digits
        for digits, codes in (
            (
                0,
                "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
            ),
            (
                2,
                (
                    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN "
                    "BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP "
                    "ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR "
                    "IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT "
                    "MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP "
                    "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC "
                    "SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD "
                    "XCD XCG YER ZAR ZMW ZWG"
                ),
            ),
            (3, "BHD IQD JOD KWD LYD OMR TND"),
            (4, "CLF UYW"),
        )
        for code in codes.split()
    }
)
"""Decimals of each currency by ISO 4217 (what Babel shows may have fewer)."""


class Currency(str):
    """An ISO 4217 currency code that knows its decimals; equal to its plain text.

    Raises:
        InvalidValue: The code is not an active one of ISO 4217.

    >>> Currency("KWD").digits
    3
    """

    __slots__ = ()

    def __new__(cls, code: str) -> Self:
        """Take a code that is on the list, in capitals."""
        if type(code) is cls:
            return code
        if not isinstance(code, str):
            raise InvalidType("an ISO 4217 currency code", code)
        if code not in _DIGITS:
            raise InvalidValue("an ISO 4217 currency code", code, reason="unknown_currency")
        return super().__new__(cls, code)

    @property
    def digits(self) -> int:
        """How many decimals the minor unit has."""
        return _DIGITS[self]


scalar(Currency, Currency, str.__str__, keywords={"enum": sorted(_DIGITS)})
