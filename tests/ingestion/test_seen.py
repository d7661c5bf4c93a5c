from __future__ import annotations

from ingestion.seen import FirstSeen


def test_a_repeated_id_gives_the_line_of_the_first() -> None:
    seen = FirstSeen()
    assert [seen.check(key, line) for line, key in enumerate("abcab", start=1)] == [None, None, None, 1, 2]


def test_thousands_of_ids_are_all_remembered_in_few_bytes() -> None:
    seen = FirstSeen()
    assert [seen.check(f"id{number}", number) for number in range(20_000)] == [None] * 20_000
    assert [seen.check(f"id{number}", 1) for number in range(20_000)] == list(range(20_000))
    assert len(seen) == 20_000
    size = seen.hashes.itemsize * len(seen.hashes) + seen.lines.itemsize * len(seen.lines)
    assert size < 45 * 20_000
