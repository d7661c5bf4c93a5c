import itertools
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import InvalidInputError
from recommender.succession.pairing import UNASSIGNED_COST, HandoverChoice, Pairing, pair

PEOPLE = ("ana", "bob", "cyd")


def pairs_of(handovers: list[HandoverChoice], pairing: Pairing) -> dict[str, str]:
    return {handovers[found.handover_index].key: found.person_id for found in pairing.assignments}


def worth(handovers: list[HandoverChoice], chosen: dict[str, str]) -> float:
    scores = sum(handover.candidates[chosen[handover.key]] for handover in handovers if handover.key in chosen)
    return scores - UNASSIGNED_COST * (len(handovers) - len(chosen))


def best_by_trying_all(
    handovers: list[HandoverChoice], limits: dict[str, int], default: int, forbidden: set[tuple[str, str]]
) -> float:
    """The largest worth over every way to pair or not."""
    best = -float("inf")
    for choice in itertools.product((None, *PEOPLE), repeat=len(handovers)):
        chosen = {
            handover.key: person for handover, person in zip(handovers, choice, strict=True) if person is not None
        }
        times = Counter(chosen.values())
        allowed = all(
            handover.candidates.get(chosen[handover.key], 0) > 0
            and (handover.key, chosen[handover.key]) not in forbidden
            for handover in handovers
            if handover.key in chosen
        )
        if not allowed or forbidden & set(chosen.items()):
            continue
        if all(times[person] <= limits.get(person, default) for person in times):
            best = max(best, worth(handovers, chosen))
    return best


scores = st.integers(0, 4).map(lambda quarter: quarter / 4)
choices = st.lists(st.dictionaries(st.sampled_from(PEOPLE), scores), max_size=5).map(
    lambda found: [HandoverChoice(f"h{place}", candidates) for place, candidates in enumerate(found)]
)
some_limits = st.dictionaries(st.sampled_from(PEOPLE), st.integers(0, 2))


@settings(deadline=None, max_examples=80)
@given(
    choices,
    some_limits,
    st.integers(0, 2),
    st.sets(st.tuples(st.sampled_from(["h0", "h1", "h2"]), st.sampled_from(PEOPLE))),
)
def test_no_pairing_is_worth_more_and_limits_and_forbidden_pairs_hold(
    handovers: list[HandoverChoice], limits: dict[str, int], default: int, forbidden: set[tuple[str, str]]
) -> None:
    pairing = pair(handovers, limits, default, forbidden=forbidden)

    chosen = pairs_of(handovers, pairing)
    assert worth(handovers, chosen) == pytest.approx(best_by_trying_all(handovers, limits, default, forbidden))
    assert all(times <= limits.get(person, default) for person, times in Counter(chosen.values()).items())
    assert not forbidden & set(chosen.items())
    assert sorted([*pairing.unassigned, *(found.handover_index for found in pairing.assignments)]) == list(
        range(len(handovers))
    )


@settings(deadline=None, max_examples=60)
@given(st.data(), choices, some_limits)
def test_the_order_of_what_is_given_changes_nothing(
    data: st.DataObject, handovers: list[HandoverChoice], limits: dict[str, int]
) -> None:
    shuffled = [
        HandoverChoice(handover.key, dict(data.draw(st.permutations(list(handover.candidates.items())))))
        for handover in data.draw(st.permutations(handovers))
    ]
    shuffled_limits = dict(data.draw(st.permutations(list(limits.items()))))

    assert pairs_of(shuffled, pair(shuffled, shuffled_limits, 1)) == pairs_of(handovers, pair(handovers, limits, 1))


def test_the_second_best_goes_to_the_handover_that_would_lose_least() -> None:
    handovers = [
        HandoverChoice("valves", {"ana": 0.9, "bob": 0.8}),
        HandoverChoice("dams", {"ana": 0.7, "bob": 0.1}),
    ]

    pairing = pair(handovers, {}, 1)

    assert pairs_of(handovers, pairing) == {"valves": "bob", "dams": "ana"}
    assert [(found.score, found.pinned) for found in pairing.assignments] == [(0.8, False), (0.7, False)]


def test_a_pin_is_kept_counts_in_the_limit_and_needs_no_score() -> None:
    handovers = [HandoverChoice("valves", {"ana": 0.9}), HandoverChoice("dams", {"ana": 0.7})]

    pairing = pair(handovers, {}, 1, pinned=[("dams", "ana")])
    other = pair(handovers, {}, 1, pinned=[("dams", "zoe")])

    assert [(found.handover_index, found.person_id, found.pinned) for found in pairing.assignments] == [
        (1, "ana", True)
    ]
    assert pairing.unassigned == [0]
    assert pairs_of(handovers, other) == {"valves": "ana", "dams": "zoe"}
    assert other.assignments[1].score == 0


def test_nobody_who_paused_takes_over() -> None:
    handovers = [HandoverChoice("valves", {"ana": 0.9, "bob": 0.2})]

    assert pairs_of(handovers, pair(handovers, {"ana": 0})) == {"valves": "bob"}
    assert pair(handovers, {"ana": 0, "bob": 0}).unassigned == [0]


def test_equal_choices_are_made_the_same_way_each_time() -> None:
    handovers = [HandoverChoice(key, dict.fromkeys(PEOPLE, 0.5)) for key in ("a", "b", "c")]
    backwards = [HandoverChoice(key, dict.fromkeys(reversed(PEOPLE), 0.5)) for key in ("c", "b", "a")]

    assert pairs_of(handovers, pair(handovers, {}, 1)) == pairs_of(backwards, pair(backwards, {}, 1))


@pytest.mark.parametrize(
    ("pins", "limits", "forbidden", "said"),
    [
        ([("valves", "ana"), ("dams", "ana")], {"ana": 1}, [], "pinned to 2 handovers and may take 1; raise"),
        ([("valves", "ana")], {"ana": 0}, [], "pinned to 1 handovers and may take 0"),
        ([("valves", "ana"), ("valves", "bob")], {}, [], "two people pinned, 'ana' and 'bob'; keep one"),
        ([("valves", "ana")], {}, [("valves", "ana")], "both pinned to 'valves' and forbidden"),
        ([("pumps", "ana")], {}, [], "pinned to 'pumps', which is not to be handed over"),
    ],
)
def test_pins_that_cannot_be_kept_say_what_to_change(
    pins: list[tuple[str, str]], limits: dict[str, int], forbidden: list[tuple[str, str]], said: str
) -> None:
    handovers = [HandoverChoice("valves", {"ana": 0.9}), HandoverChoice("dams", {"ana": 0.7})]

    with pytest.raises(InvalidInputError, match=said):
        pair(handovers, limits, pinned=pins, forbidden=forbidden)


@pytest.mark.parametrize("score", [-0.1, 1.5, float("nan")])
def test_a_score_out_of_range_is_refused(score: float) -> None:
    with pytest.raises(InvalidInputError, match="'ana' for 'valves'"):
        pair([HandoverChoice("valves", {"ana": score})], {})


def test_two_handovers_of_one_key_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="Two handovers have the key 'valves'"):
        pair([HandoverChoice("valves", {}), HandoverChoice("valves", {})], {})


def test_a_negative_limit_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="limit of ana is -1"):
        pair([HandoverChoice("valves", {"ana": 0.5})], {"ana": -1})


def test_nothing_to_hand_over_is_an_empty_pairing() -> None:
    assert pair([], {}) == Pairing([], [])
