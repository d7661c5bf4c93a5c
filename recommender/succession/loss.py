"""Loss: how much would be lost of something when the person who has it goes, so that the gravest comes first.

    loss = gone x (1 + a / (a + 3)) x (1 - d / 2)

- `gone`, in [0, 1): what goes with the person.
- a, the questions asked in the area over the last ASKED_DAYS days: nobody asking leaves the loss as it is, three
  questions add a half, and it never doubles.
- d, the share of the area's works that are written down to be used again: a documented area still loses who could
  explain it, and so half.

Everything that saturates does so as strength in an area does: s(x) = x / (x + HALF_STRENGTH).
"""

from __future__ import annotations

from typing import Final

from models.queries.area_evidence import HALF_STRENGTH

# What somebody asked within a year is still asked.
ASKED_DAYS: Final = 365
# Sums in another order differ further down, and what a viewer may not read must not change the order of items.
_DECIMALS: Final = 9


def saturated(amount: float) -> float:
    """Return s(x) in [0, 1): a half for HALF_STRENGTH, less and less for each one more."""
    return amount / (amount + HALF_STRENGTH)


def gone_of_area(own: float, everyone: float) -> float:
    """Return what an area loses of its strength with someone.

    Args:
        own: the points of the person.
        everyone: those of all who are here, the person included.
    """
    return saturated(everyone) - saturated(max(everyone - own, 0.0))


def loss_of(gone: float, asked: int, documented: float) -> float:
    """Return the loss, in [0, 2).

    Args:
        gone: what goes with the person, in [0, 1).
        asked: questions in the area over the last ASKED_DAYS days.
        documented: share of the area's works that can be used again, in [0, 1].
    """
    return round(gone * (1 + saturated(asked)) * (1 - documented / 2), _DECIMALS)
