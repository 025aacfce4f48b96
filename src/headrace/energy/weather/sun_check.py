"""A weather file against the sun: its clock, its place, its units and its columns.

Two laws of nature need no other data. Global irradiance is the beam times the cosine of the zenith
plus the diffuse (closure), which fixes the clock to a few minutes, the hemisphere, and which column
is which. And nothing on the ground shines as the sun does outside the atmosphere, nor at night.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np

from headrace.core.arrays import Flags, Floats, Ints
from headrace.core.errors import InputFault, Place
from headrace.energy.weather.sun import (
    SAMPLES,
    Clock,
    HoursOfYear,
    cosine_of_zenith,
    lit,
    outside_the_atmosphere,
)

CLOSED = 0.2
"""Largest misfit of the closure that is trusted [1 of the beam]; stations have .01 to .02."""

CLOCK_LIMIT = 0.4
"""Largest error of the clock that is noted rather than refused [h]."""

NAMED = 5
"""How many rows of one kind of fault are named; the others are counted."""

_BRIGHTEST = 1600.0  # W/m2
_FITS_AT_ONCE = 0.04
_GAIN = 0.03  # a clock is called wrong only where another one fits better by this much
_MOST_ROWS = 1500
_SHARE_OF_SKY = (0.12, 0.95)  # of a year's sun outside the atmosphere that reaches the ground
_SCALES = {
    "kW/m2": 1000.0,
    "kJ/m2 in the hour": 1.0 / 3.6,
    "MJ/m2 in the hour": 1000.0 / 3.6,
}
_PARTS = ("ghi", "dni", "dhi")


@dataclass(frozen=True, eq=False)
class SunRows:
    """Sun of every row [W/m2] with its hour, the line it stands on, and the place it is said to be
    of.

    derived: the one of ghi, dni, dhi that was computed of the other two; then there is no closure.
    limit: largest error of the clock that is only noted [h].
    """

    ghi: Floats
    dni: Floats
    dhi: Floats
    hours: HoursOfYear
    line: Ints
    clock: Clock
    file: str
    derived: str = ""
    limit: float = CLOCK_LIMIT

    def some(self, rows: Ints) -> SunRows:
        """These rows only."""
        return replace(
            self,
            ghi=self.ghi[rows],
            dni=self.dni[rows],
            dhi=self.dhi[rows],
            hours=self.hours.some(rows),
            line=self.line[rows],
        )


@dataclass(frozen=True)
class SunVerdict:
    """What the sun says of a file. late: what must be added to its clock [h] so that the sun fits,
    as far as it can be told.
    """

    faults: tuple[InputFault, ...] = ()
    notes: tuple[str, ...] = ()
    late: float = 0.0


def check_sun(rows: SunRows) -> SunVerdict:
    """Whether the sun of a file can be that of its place, clock and units. Rows with a missing
    value are left out, and so are a few that nothing on earth explains: both are named elsewhere.
    """
    known = np.isfinite(rows.ghi) & np.isfinite(rows.dni) & np.isfinite(rows.dhi)
    sound = np.ones(len(known), dtype=bool)
    for name in _PARTS:
        values = np.nan_to_num(getattr(rows, name))
        sound &= (values >= 0.0) & (values <= _BRIGHTEST)
    if sound.mean() > 0.98:
        known &= sound
    if known.sum() < 24:
        return SunVerdict()
    rows = rows.some(np.flatnonzero(known))
    light = rows.dni + rows.dhi if rows.derived == "ghi" else rows.ghi
    sample = rows.some(_spread(np.flatnonzero(light > 20.0)))
    faults = _size_faults(rows)
    if faults:
        other = None if rows.derived or len(sample.ghi) < 24 else _other_place(sample)
        return SunVerdict((other,) if other else tuple(faults))
    if len(sample.ghi) < 24:
        return SunVerdict()
    at_once = misfit(sample, sample.clock, 0.0)
    if rows.derived or at_once > _FITS_AT_ONCE:
        verdict = _by_search(sample, at_once)
    else:
        verdict = SunVerdict()
    if verdict.faults:
        dark = _dark(rows)
        if dark.any():
            found = f"the sun shines in {int(dark.sum()):,} hours in which it is below the horizon"
            place = Place(rows.file, int(rows.line[np.flatnonzero(dark)[0]]))
            first = InputFault(place, found, "no sun at night")
            verdict = replace(verdict, faults=(first, *verdict.faults))
        return verdict
    part_faults = [] if rows.derived else _season_faults(rows)
    return replace(verdict, faults=(*part_faults, *_row_faults(rows, bool(part_faults))))


def misfit(rows: SunRows, clock: Clock, late: float) -> float:
    """Closure that is missed [1 of the beam] when the clock is `late` by so much [h] and the place
    is that of `clock`: |ghi - dhi - dni cos z| over |ghi - dhi|, both summed.
    """
    beam = rows.dni * lit(cosine_of_zenith(rows.hours, clock, SAMPLES + late))
    whole = float(np.abs(rows.ghi - rows.dhi).sum())
    return float(np.abs(rows.ghi - rows.dhi - beam).sum()) / max(whole, 1e-9)


def _spread(rows: Ints) -> Ints:
    """At most so many rows that a search is quick, evenly over the file."""
    return rows[:: max(1, len(rows) // _MOST_ROWS)]


def _size_faults(rows: SunRows) -> list[InputFault]:
    """No sun all year, or a year's sun that only another unit explains."""
    place = Place(rows.file, int(rows.line[0]))
    dark = [name for name in _PARTS if not getattr(rows, name).any()]
    if dark:
        found = f"{', '.join(dark)} {'is' if len(dark) == 1 else 'are'} 0 all year"
        fix = "Is the column the right one, and was it exported?"
        return [InputFault(place, found, "sun by day: ghi, dni and dhi in W/m2", fix)]
    if rows.derived == "ghi":
        return []
    sky = lit(cosine_of_zenith(rows.hours, rows.clock, SAMPLES))
    outside = float((sky * outside_the_atmosphere(rows.hours)).mean())
    share = float(rows.ghi.mean()) / max(outside, 1.0)
    low, high = _SHARE_OF_SKY
    if low <= share <= high:
        return []
    unit = next((u for u, factor in _SCALES.items() if low <= share * factor <= high), "")
    found = f"ghi has {8.76 * rows.ghi.mean():,.3g} kWh/m2 a year, {share:.3g} of the sun above"
    fix = f"The file looks like {unit}: write W/m2." if unit else "Is the unit W/m2?"
    return [InputFault(place, found, f"{low:g} to {high:g} of it, as everywhere on earth", fix)]


def _by_search(sample: SunRows, at_once: float) -> SunVerdict:
    """The clock at which the sun fits; or the place, columns or units that would do."""
    if not sample.derived:
        late, best = _best_clock(sample, np.arange(-12.0, 12.0, 0.5))
        late, best = _best_clock(sample, late + np.arange(-6, 7) / 12.0)
        if best <= CLOSED:
            if at_once - best < _GAIN or abs(late) <= 0.2:
                return _closure_note(at_once)
            return _clock_verdict(sample, late, "ghi = dni cos z + dhi holds for", sample.limit)
        other = _other_place(sample) or _other_columns(sample)
        if other:
            return SunVerdict((other,))
        if best > 0.5:
            found = f"ghi is not dni cos z + dhi: {at_once:.0%} of the beam is missed"
            fix = "Are the three columns of one source, in W/m2, and the right ones?"
            place = Place(sample.file, int(sample.line[0]))
            return SunVerdict((InputFault(place, found, f"at most {CLOSED:.0%}", fix),))
    late = _likeliest_clock(sample)
    if abs(late) > 0.75:
        return _clock_verdict(sample, late, "the light is most like", 1.5)
    return SunVerdict() if sample.derived else _closure_note(at_once)


def _closure_note(at_once: float) -> SunVerdict:
    if at_once < CLOSED / 2:
        return SunVerdict()
    return SunVerdict(notes=(f"ghi misses dni cos z + dhi by {at_once:.0%} of the beam",))


def _best_clock(rows: SunRows, candidates: Floats) -> tuple[float, float]:
    """Which lateness [h] closes best, and the misfit there [1]."""
    fits = [misfit(rows, rows.clock, float(late)) for late in candidates]
    best = int(np.argmin(fits))
    return float(candidates[best]), fits[best]


def _likeliest_clock(rows: SunRows) -> float:
    """The lateness [h] at which the year's light is most alike the height of the sun: coarse, for
    cloudy mornings pull it by half an hour.
    """
    light = rows.dni + rows.dhi if rows.derived == "ghi" else rows.ghi
    candidates = np.arange(-12.0, 12.0, 0.25)
    alike = []
    for late in candidates:
        height = lit(cosine_of_zenith(rows.hours, rows.clock, SAMPLES + late))
        alike.append(float((light * height).sum() / np.sqrt(max(float((height**2).sum()), 1e-9))))
    return float(candidates[int(np.argmax(alike))])


def _clock_verdict(rows: SunRows, late: float, how: str, limit: float) -> SunVerdict:
    minutes = round(abs(late) * 60)
    side = "before" if late < 0 else "after"
    if abs(late) <= limit:
        note = f"by the sun, values stand {minutes} minutes {side} the middle of their hour"
        return SunVerdict(notes=(note,), late=late)
    clock = rows.clock
    found = (
        f"the clock is not that of latitude {clock.latitude:g}, longitude {clock.longitude:g}, "
        f"time zone {clock.zone:+g}: {how} the sun when {minutes // 60} h {minutes % 60:02d} min "
        f"{'are taken from' if late < 0 else 'are added to'} it"
    )
    place = Place(rows.file, int(rows.line[0]))
    fault = InputFault(place, found, "a sun that is highest at noon", _clock_fix(clock, late))
    return SunVerdict((fault,), late=late)


def _clock_fix(clock: Clock, late: float) -> str:
    """What the writer of the file most likely meant, likeliest first."""
    zone = round(((clock.zone - late + 12.0) % 24.0 - 12.0) * 4.0) / 4.0
    guesses = (
        (2.0 * clock.zone, f"the sign of the time zone is turned: write {-clock.zone:+g}"),
        (
            -2.0 * clock.longitude / 15.0,
            f"the sign of the longitude is turned: write {-clock.longitude:g} (east is positive)",
        ),
        (clock.zone, "the rows are in UTC: write time zone 0"),
        (12.0, "the rows are shifted by 12 h (midnight and noon, am and pm)"),
        (1.0, "hours are named by their beginning and read by their end, or zone and rows differ"),
        (-1.0, "hours are named by their end and read by their beginning, or are daylight saving"),
    )
    near = [
        words
        for hours, words in guesses
        if abs((hours - late + 12.0) % 24.0 - 12.0) < 0.2 and abs(hours) > 0.35
    ]
    exact = abs((clock.zone - late - zone + 12.0) % 24.0 - 12.0) < 0.1
    if not near or (exact and zone):
        near.append(f"the time zone of the rows is {zone:+g}")
    return f"Likely {', or '.join(near)}."


def _other_place(sample: SunRows) -> InputFault | None:
    """Latitude or longitude written wrong so that the sun would fit elsewhere."""
    told = sample.clock
    north, east = told.latitude, told.longitude
    guesses = {
        f"the sign of the latitude is turned: write {-north:g} (north is positive), "
        "or the rows begin half a year late": replace(told, latitude=-north),
        f"latitude and longitude are swapped: write {east:g}, {north:g}": replace(
            told, latitude=east, longitude=north
        ),
    }
    for fix, clock in guesses.items():
        if abs(clock.latitude) <= 90 and misfit(sample, clock, 0.0) <= CLOSED / 2:
            found = (
                f"the sun is not that of latitude {told.latitude:g}, longitude {told.longitude:g}"
            )
            place = Place(sample.file, int(sample.line[0]))
            return InputFault(place, found, "ghi = dni cos z + dhi", f"Likely {fix}.")
    return None


def _other_columns(sample: SunRows) -> InputFault | None:
    """Columns swapped, or one in another unit, so that the closure would hold."""
    place = Place(sample.file, int(sample.line[0]))
    told = {name: getattr(sample, name) for name in _PARTS}
    for order in permutations(_PARTS):
        trial = replace(sample, **{name: told[source] for name, source in zip(_PARTS, order)})
        if misfit(trial, trial.clock, 0.0) <= CLOSED / 2:
            moved = [name for name, source in zip(_PARTS, order) if name != source]
            meant = ", ".join(f"{name} is in {order[_PARTS.index(name)]}" for name in moved)
            found = "ghi is not dni cos z + dhi, but it is with the columns in another order"
            fix = f"Likely the columns are swapped: {meant}."
            return InputFault(place, found, "ghi, dni and dhi in their own columns", fix)
    for unit, factor in _SCALES.items():
        for names in (("dni",), ("dhi",), ("dni", "dhi")):
            trial = replace(sample, **{name: told[name] * factor for name in names})
            if misfit(trial, trial.clock, 0.0) <= CLOSED / 2:
                found = (
                    f"ghi is not dni cos z + dhi, but it is with {' and '.join(names)} in {unit}"
                )
                return InputFault(place, found, "W/m2 in all three columns", "Write W/m2.")
    return None


def _season_faults(rows: SunRows) -> list[InputFault]:
    """A part of the year on another clock: daylight saving in the rows, or hours lost and found."""
    wrong = []
    for quarter in range(4):
        inside = (rows.hours.day > 91.25 * quarter) & (rows.hours.day <= 91.25 * (quarter + 1))
        part = rows.some(_spread(np.flatnonzero(inside & (rows.ghi > 20.0))))
        if len(part.ghi) < 100:
            continue
        now = misfit(part, part.clock, 0.0)
        if now <= 3 * _FITS_AT_ONCE:
            continue
        late, best = _best_clock(part, np.arange(-3.0, 3.01, 0.25))
        if best <= CLOSED and now - best > 0.1 and abs(late) > max(rows.limit, 0.7):
            wrong.append((quarter, late, int(part.line[0])))
    names = ("January to March", "April to June", "July to September", "October to December")
    return [
        InputFault(
            Place(rows.file, line),
            f"from {names[quarter]} the clock differs by {late:+g} h from the sun's",
            "one clock all year",
            "Likely the rows follow daylight saving, or rows were lost and others doubled.",
        )
        for quarter, late, line in wrong
    ]


def _dark(rows: SunRows) -> Flags:
    """Hours in which it shines while the sun stays below the horizon, with half an hour's grace."""
    light = rows.dni + rows.dhi if rows.derived == "ghi" else rows.ghi
    around = np.array([-0.5, 0.0, 0.5, 1.0, 1.5])
    highest = cosine_of_zenith(rows.hours, rows.clock, around).max(axis=1)
    dark: Flags = (light > 10.0) & (highest < -0.02)
    return dark


def _row_faults(rows: SunRows, clock_is_wrong: bool) -> list[InputFault]:
    """Single rows that no clock explains: sun at night, more than shines outside the atmosphere."""
    if clock_is_wrong:
        return []
    outside = outside_the_atmosphere(rows.hours)
    around = np.array([-0.5, 0.0, 0.5, 1.0, 1.5])
    highest = np.maximum(cosine_of_zenith(rows.hours, rows.clock, around).max(axis=1), 0.0)
    night = _dark(rows)
    kinds = (
        ("ghi", night, "while the sun is below the horizon", "0 at night"),
        (
            "ghi",
            (rows.ghi > 1.5 * outside * highest + 30.0) & ~night,
            "is over 1.5 times what shines outside the atmosphere",
            "less than that",
        ),
        (
            "dni",
            rows.dni > 1.05 * outside,
            "is more than the beam outside the atmosphere",
            "less than that",
        ),
    )
    faults = []
    for name, wrong, words, meant in kinds:
        places = np.flatnonzero(wrong)
        values = getattr(rows, name)
        faults += [
            InputFault(
                Place(rows.file, int(rows.line[row]), key=name),
                f"{values[row]:g} W/m2 {words}",
                meant,
                "Is the row misplaced, or in another unit?",
            )
            for row in places[:NAMED]
        ]
        if len(places) > NAMED:
            found = f"{len(places):,} hours: {words}"
            faults.append(InputFault(Place(rows.file, key=name), found, meant))
    return faults
