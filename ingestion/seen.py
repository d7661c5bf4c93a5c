"""Which ids a source has given so far, in a few bytes each: a repeated id is skipped, with where it came first."""

from __future__ import annotations

from array import array

SMALLEST = 1 << 10
# Above this share of used slots, probing slows down.
FULLEST = 0.6


class FirstSeen:
    """Remembers the line where each id was first seen: an open hash table of 12 bytes a slot.

    Ids are compared by a 64-bit hash: among ten million ids, the odds of one false repeat are about 3 in a million.
    """

    def __init__(self) -> None:
        self.hashes = array("q", bytes(8 * SMALLEST))
        self.lines = array("I", bytes(4 * SMALLEST))
        self.used = 0

    def __len__(self) -> int:
        return self.used

    def check(self, key: str, line: int) -> int | None:
        """Return the line where the key came first, or None and remember it."""
        if self.used > FULLEST * len(self.hashes):
            self.grow()
        value = hash(key) or 1
        slot = self.slot(value)
        if self.hashes[slot]:
            return self.lines[slot]
        self.hashes[slot] = value
        self.lines[slot] = min(line, 2**32 - 1)
        self.used += 1
        return None

    def line_of(self, key: str) -> int | None:
        """Return the line where the key came first, or None, and remember nothing."""
        slot = self.slot(hash(key) or 1)
        return self.lines[slot] if self.hashes[slot] else None

    def slot(self, value: int) -> int:
        """Return where the value is, or the free slot where it belongs."""
        mask = len(self.hashes) - 1
        slot = value & mask
        while self.hashes[slot] not in (0, value):
            slot = (slot + 1) & mask
        return slot

    def grow(self) -> None:
        """Double the table."""
        old = [(value, line) for value, line in zip(self.hashes, self.lines, strict=True) if value]
        self.hashes = array("q", bytes(16 * len(self.hashes)))
        self.lines = array("I", bytes(8 * len(self.lines)))
        for value, line in old:
            slot = self.slot(value)
            self.hashes[slot] = value
            self.lines[slot] = line


def repeated(key: str, line: int, noun: str = "id") -> str:
    """Return why a repeated id is skipped."""
    return f"duplicate {noun} '{key}', first seen at line {line}"
