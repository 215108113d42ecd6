"""How an element is settled."""

from enum import IntEnum


class Status(IntEnum):
    """EXACT: equal where no tolerance exists. BOUND: within a bound that would have shown a lost term.

    UNINFORMATIVE: legal, under a rule too wide to show one; never a pass. FAILED: not legal.
    """

    EXACT = 0
    BOUND = 1
    UNINFORMATIVE = 2
    FAILED = 3
