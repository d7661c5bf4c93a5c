"""Careers: what the missions of each person come to, as of the day of the import."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from ingestion.files import Line
from ingestion.missions import Mission, UnitKind, read_mission
from models.errors import InvalidInputError

# What a mission weighs as evidence: one for a year, so that short help does not weigh like building the thing, and no
# more than three, so that length does not drown what people wrote.
DAYS_OF_WEIGHT_ONE: Final = 365.25
WEIGHT_MOST: Final = 3.0
WEIGHT_LEAST: Final = 0.1
# Where the length is not known: less than most missions last (their median is 600 days in a public directory of 5,700).
WEIGHT_UNDATED: Final = 0.5


@dataclass(slots=True)
class Place:
    """What the missions of one person on one unit come to."""

    line: int
    """Of the first of them."""
    since: date | None = None
    until: date | None = None
    """Last day; None while open, and for an undated place."""
    days: int = 0
    """Spent there so far; missions that overlap are counted twice."""
    dated: bool = False
    current: bool = False
    """Whether something undated or open says that it lasts."""


@dataclass(slots=True)
class Career:
    """Everything the missions say of one person, as of the day of the import."""

    places: dict[str, Place] = field(default_factory=dict)
    first: date | None = None
    last: date | None = None
    """The latest end of a dated mission, past or to come."""
    last_without_unit: date | None = None
    """The latest past end of the missions that name no unit."""
    last_past: date | None = None
    open: bool = False
    """Whether a mission has begun and has no end."""
    current: bool = False
    """Whether an undated mission is said to last."""
    undated: int = 0
    share: float | None = None
    """Of their days that they gave each unit; None until asked for."""
    doubtful: bool = False
    """Whether a date could not be read, so that nothing is said of the departure."""
    home: tuple[bool, date, date, str] | None = None
    """The unit of the mission in course that says best where the person is, after what it was chosen by."""

    def leaves(self, month: date) -> date | None:
        """Return the last day of the person, past or to come; None when no line says that they leave.

        Args:
            month: the first day of the import's month.
        """
        if self.open or self.doubtful:
            return None
        if self.last is None and self.undated and not self.current:
            return month - timedelta(days=1)  # gone, on a day nobody wrote down: before this month
        return self.last


class Careers:
    """The missions of a file, by person, as of one day.

    What depends on that day changes only with the month (evidence) or when a mission begins or ends (units), so that
    importing the same file every night changes next to nothing.
    """

    def __init__(self, today: date) -> None:
        self.today = today
        self.month = today.replace(day=1)
        self.people: dict[str, Career] = {}
        self.total = 0
        self.without_unit = 0
        self.undated = 0

    def add_all(self, lines: Iterable[Line]) -> None:
        """Take in every line that can be read; the others are for the reading that reports them."""
        for line in lines:
            try:
                mission = read_mission(line)
            except InvalidInputError:
                continue
            if mission is not None:
                self.add(mission, line.number)

    def add(self, mission: Mission, line: int) -> None:
        """Take in one mission."""
        self.total += 1
        self.without_unit += mission.unit is None
        dated = mission.start is not None or mission.end is not None
        self.undated += not dated
        career = self.people.setdefault(mission.person, Career())
        career.doubtful |= bool(mission.faults)
        self.add_days(career, mission, dated)
        self.add_home(career, mission, dated)
        if mission.unit is not None:
            self.add_place(career.places.setdefault(mission.unit, Place(line)), mission, dated)

    def add_days(self, career: Career, mission: Mission, dated: bool) -> None:
        """Bring first and last days up to date."""
        career.first = earliest(career.first, mission.start)
        if not dated:
            career.undated += 1
            career.current |= mission.current is not False
            return
        end = mission.end
        if end is None:
            career.open = True
            return
        career.last = latest(career.last, end)
        if end < self.today:
            career.last_past = latest(career.last_past, end)
            if mission.unit is None:
                career.last_without_unit = latest(career.last_without_unit, end)

    def add_home(self, career: Career, mission: Mission, dated: bool) -> None:
        """Remember the mission in course that says best where the person is: a team's first, then the longest."""
        start, end = mission.start or date.min, mission.end or date.max
        in_course = start <= self.today <= end if dated else mission.current is True
        if mission.unit is not None and in_course:
            of_team = not mission.unit.startswith(f"{UnitKind.PRODUCT}:")
            found = (of_team, end if dated else date.min, start, mission.unit)
            career.home = max(career.home, found) if career.home else found

    def add_place(self, place: Place, mission: Mission, dated: bool) -> None:
        """Bring the person's place on the unit up to date; what is dated is taken over what is not."""
        if not dated:
            place.current |= mission.current is not False
            return
        place.current |= mission.end is None
        place.since = earliest(place.since, mission.start) if place.dated else mission.start
        place.until = latest(place.until, mission.end)
        place.dated = True
        if mission.start is not None:
            place.days += max(0, (min(mission.end or self.month, self.month) - mission.start).days)

    def leaves(self, person: str) -> date | None:
        """Return the last day of a person; None when none is known."""
        career = self.people.get(person)
        return career.leaves(self.month) if career else None

    def is_doubtful(self, person: str) -> bool:
        """Return whether something unreadable forbids saying anything of the person's departure."""
        return person in self.people and self.people[person].doubtful

    def home(self, person: str) -> str | None:
        """Return the unit where the person is now; None for someone gone, or whose missions name none."""
        career, last = self.people.get(person), self.leaves(person)
        if career is None or career.home is None or (last is not None and last < self.today):
            return None
        return career.home[3]

    def until(self, person: str, unit: str) -> date | None:
        """Return the last day of a person on a unit; None while it lasts.

        Someone whose dated missions have all ended is not kept by an undated line. An undated line of the past is
        dated by the missions that name no unit: they say when, and it says on what.
        """
        career = self.people[person]
        place = career.places[unit]
        if place.until is not None and not (place.dated and place.current):
            return place.until
        if place.current:
            last = career.leaves(self.month)
            return last if last is not None and last < self.today else None
        return career.last_without_unit or career.last_past or self.month - timedelta(days=1)

    def seen(self, person: str, unit: str) -> date | None:
        """Return the latest day that speaks for the person on the unit; None when nothing began yet."""
        since, until = self.people[person].places[unit].since, self.until(person, unit)
        if since is not None and since > self.today:
            return None
        return max(min(until or self.month, self.month), since or date.min)

    def weight(self, person: str, unit: str) -> float:
        """Return what the missions of a person on a unit weigh as evidence, by the time spent there so far."""
        career = self.people[person]
        if career.places[unit].since is None:
            return WEIGHT_UNDATED
        if career.share is None:
            career.share = self.share(career.places.values())
        years = self.days_on(career.places[unit]) * career.share / DAYS_OF_WEIGHT_ONE
        return round(min(max(years, WEIGHT_LEAST), WEIGHT_MOST), 2)

    def days_on(self, place: Place) -> int:
        """Return how many days a place has lasted so far, those of missions that overlap counted once."""
        if place.since is None:
            return 0
        return max(0, min(place.days, (min(place.until or self.month, self.month) - place.since).days))

    def share(self, places: Collection[Place]) -> float:
        """Return which share of their days someone gave each unit: who accompanies ten at a time gives each a tenth."""
        spent = sum(self.days_on(place) for place in places)
        begun = min((place.since for place in places if place.since), default=self.month)
        ended = max(min(place.until or self.month, self.month) for place in places)
        return min(1.0, (ended - begun).days / spent) if spent else 1.0


def earliest(one: date | None, other: date | None) -> date | None:
    """Return the earlier of two days, of which any may be unknown."""
    return min(one, other) if one and other else one or other


def latest(one: date | None, other: date | None) -> date | None:
    """Return the later of two days, of which any may be unknown."""
    return max(one, other) if one and other else one or other
