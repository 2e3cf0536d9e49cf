"""Time expressions of a report as intervals of days, each with a precision and the basis of its reading.

One pass over the words: a word picks a few patterns, the first that fits is read against a story that knows the day of
publication, the year last named and the last day told of. Patterns are anchored at a word and bounded, so time grows
with the length of the text and with nothing else. Values are TIMEX3 as WikiWars writes them (Mazur and Dale 2010).
"""

import re
from bisect import bisect_left
from calendar import isleap, monthrange
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from geo.epochs import Epoch, epochs_of, words_of_epochs
from geo.model import DateBasis, Document, TimePrecision, Timex
from geo.text import fold

if TYPE_CHECKING:
    from geo.language import ParsedDocument

__all__ = ["find_dates", "month_number", "to_edtf"]

# ---------------------------------------------------------------- words


def _numbered(words: str, first: int = 0) -> dict[str, int]:
    return {word: i for i, word in enumerate(words.split(), first)}


_FULL_MONTHS = _numbered("january february march april may june july august september october november december", 1)
_MONTHS = _FULL_MONTHS | {name[:3]: i for name, i in _FULL_MONTHS.items()} | {"sept": 9}
_WEEKDAYS = _numbered("monday tuesday wednesday thursday friday saturday sunday")
_SHORT_WEEKDAYS = _WEEKDAYS | {w[:3]: i for w, i in _WEEKDAYS.items()} | {"tues": 1, "thur": 3, "thurs": 3}
_SEASONS = {"spring": "SP", "summer": "SU", "autumn": "FA", "fall": "FA", "winter": "WI"}
_FIRST_MONTH = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}  # meteorological, northern; winter runs into the next year
_SHORTEST_DATE = 3  # characters: "May"
_FORTNIGHT = "fortnight"  # two weeks
_UNITS = {"minute": "TM", "hour": "TH", "day": "D", "week": "W", "month": "M", "year": "Y", "decade": "DE"}
_UNITS |= {"century": "CE", "centurie": "CE", _FORTNIGHT: "W"}
_MONTHS_IN = {"M": 1, "Y": 12, "DE": 120, "CE": 1200}
_ONES = _numbered("one two three four five six seven eight nine", 1)
_TENS = {word: 10 * i for word, i in _numbered("twenty thirty forty fifty sixty seventy eighty ninety", 2).items()}
_COUNTS = (
    _ONES
    | _TENS
    | {"a": 1, "an": 1, "dozen": 12, "hundred": 100}
    | _numbered("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10)
)
_VAGUE = ("several", "few", "many", "couple")
_ORDINALS = _numbered("first second third fourth", 1) | {"last": -1, "final": -1}
_CENTURIES = _numbered("fifteenth sixteenth seventeenth eighteenth nineteenth twentieth", 15)
_HOLIDAYS = {"christmas eve": (12, 24), "christmas day": (12, 25), "christmas": (12, 25), "boxing day": (12, 26)}
_HOLIDAYS |= {"new year's eve": (12, 31), "new year's day": (1, 1), "fourth of july": (7, 4)}
_HOLIDAYS |= {"halloween": (10, 31), "valentine's day": (2, 14), "may day": (5, 1), "bastille day": (7, 14)}
_EASTER = {"ash wednesday": -46, "palm sunday": -7, "maundy thursday": -3, "good friday": -2, "easter saturday": -1}
_EASTER |= {"easter sunday": 0, "easter monday": 1, "easter": 0, "whit sunday": 49, "whit monday": 50}
_TIMES_OF_DAY = {"night": "TNI", "morning": "TMO", "afternoon": "TAF", "evening": "TEV", "dawn": "TDA"}
_NEAR_DAYS = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}
_NEAR_DAYS |= {"day before yesterday": -2, "day after tomorrow": 2}
_REFERENCES = {"now": "PRESENT_REF", "currently": "PRESENT_REF", "recently": "PAST_REF", "recent": "PAST_REF"}
_REFERENCES |= {"former": "PAST_REF", "future": "FUTURE_REF"}
# How many periods away a word points, and whether it counts from the story's last day instead of publication.
_POINTERS = {"last": (-1, False), "past": (-1, False), "this": (0, False), "current": (0, False), "next": (1, False)}
_POINTERS |= {"coming": (1, False), "previous": (-1, True), "preceding": (-1, True), "following": (1, True)}
_POINTERS |= {"same": (0, True), "that": (0, True), "that same": (0, True)}
# Months that are names and verbs too: on their own they count only after a word that leads to a date.
_AMBIGUOUS = {"may", "march", "april", "june", "august"} | (set(_MONTHS) - set(_FULL_MONTHS))
_STRONG = set("in since by until till from through during before after between year years early late mid".split())
_LEADS = _STRONG | set("to and or of around last next this the a an its their his her our s".split())
_NOT_YEARS = set(
    "some about nearly almost over than least most exactly roughly approximately only resolution route highway flight "
    "no number article law decree page room model order channel".split()
)
_QUANTITIES = set(
    "people troops soldiers men women children km kilometres kilometers miles metres meters feet m ft kg tonnes tons "
    "dollars euros pounds percent homes houses buildings cases deaths refugees civilians prisoners aircraft tanks dead "
    "casualties votes points hectares acres gmt hours hrs utc jobs fighters families times members vehicles killed "
    "wounded injured others square days".split()
)

# ---------------------------------------------------------------- periods


class _Period(NamedTuple):
    """What words name: a TIMEX3 value, its days where known, and the unit that they are told in."""

    value: str
    first: date | None = None
    last: date | None = None
    unit: str = "D"


def _day(day: date, suffix: str = "") -> _Period:
    return _Period(day.isoformat() + suffix, day, day)


def _week(day: date) -> _Period:
    monday = day - timedelta(day.weekday())
    year, week, _ = day.isocalendar()
    return _Period(f"{year:04}-W{week:02}", monday, monday + timedelta(6), "W")


def _weekend(day: date) -> _Period:
    saturday = day - timedelta(day.weekday() - 5)
    return _Period(f"{_week(day).value}-WE", saturday, saturday + timedelta(1), "W")


def _years(day: date, digits: int, unit: str) -> _Period:
    """Return the decade or century around a day; its value is the digits that its years share."""
    shared = f"{day.year:04}"[:digits]
    return _Period(shared, date(int(shared.ljust(4, "0")), 1, 1), date(int(shared.ljust(4, "9")), 12, 31), unit)


_AROUND: dict[str, Callable[[date], _Period]] = {
    "TM": _day,
    "TH": _day,
    "D": _day,
    "W": _week,
    "M": lambda day: _named(f"{day.year:04}", day.month),
    "Y": lambda day: _named(f"{day.year:04}"),
    "DE": lambda day: _years(day, 3, "DE"),
    "CE": lambda day: _years(day, 2, "CE"),
}


def _named(year: str, month: int = 0, day: int = 0) -> _Period:
    """Return the day, month or year so named; years outside the calendar ("BC0480", "XXXX") have no days.

    Raises:
        ValueError: there is no such day.
    """
    if not year.isdigit():
        date(2000, month or 1, day or 1)
        value = year + (f"-{month:02}" if month else "") + (f"-{day:02}" if day else "")
        return _Period(value, unit="D" if day else "M" if month else "Y")
    number = int(year)
    if day:
        return _day(date(number, month, day))
    if month:
        last = date(number, month, monthrange(number, month)[1])
        return _Period(f"{year}-{month:02}", last.replace(day=1), last, "M")
    return _Period(year, date(number, 1, 1), date(number, 12, 31), "Y")


def _months(year: str, code: str, first_month: int, count: int) -> _Period:
    """Return the season, quarter or half of a year that begins with ``first_month``."""
    if not year.isdigit():
        return _Period(f"{year}-{code}", unit="S")
    first = date(int(year), first_month, 1)
    return _Period(f"{year}-{code}", first, _shift(first, "M", count) - timedelta(1), "S")


def _shift(day: date, unit: str, count: int) -> date:
    if unit not in _MONTHS_IN:
        return day + timedelta({"D": count, "W": 7 * count, "TH": int(count / 24), "TM": 0}[unit])
    year, month = divmod(day.year * 12 + day.month - 1 + count * _MONTHS_IN[unit], 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


_PARTS = ("early", "mid", "late")


def _part(period: _Period, part: str) -> _Period:
    """Return the early, middle or late third of a period longer than a day; a week's late part begins on Thursday."""
    if period.first is None or period.last is None or part not in _PARTS or period.value[0] == "P":
        return period
    if (period.last - period.first).days < 2:
        return period
    unit = "M" if period.unit in {"Y", "DE", "CE"} else "D"
    length = _MONTHS_IN[period.unit] if unit == "M" else (period.last - period.first).days + 1
    steps = (0, 2, 3, 7) if period.unit == "W" else (0, length // 3, length // 3 * 2, length)
    begins = [_shift(period.first, unit, step) for step in steps]
    i = _PARTS.index(part)
    return period._replace(first=begins[i], last=begins[i + 1] - timedelta(1))


def _duration(count: int | None, unit: str) -> _Period:
    number = "X" if count is None else count
    return _Period(f"PT{number}{unit[1]}" if unit[0] == "T" else f"P{number}{unit}", unit=unit)


def _count(words: str) -> int | None:
    """Return the number so written, None where it is vague ("several")."""
    tens, _, ones = words.partition("-")
    if ones:
        return _TENS[tens] + _ONES[ones]
    return int(words) if words.isdecimal() else _COUNTS.get(words)


# ---------------------------------------------------------------- the story


class _Lead(NamedTuple):
    """Words before an expression that belong to it: "since", "the end of", "the night of", "Tuesday,"."""

    start: int
    end: int
    part: str = ""
    time_of_day: str = ""
    since: bool = False
    weekday: int | None = None

    @property
    def is_article(self) -> bool:
        """Whether nothing but "the" leads."""
        return not (self.part or self.time_of_day or self.since or self.weekday is not None)


@dataclass(slots=True)
class _Hit:
    start: int
    end: int
    period: _Period
    basis: DateBasis
    guessed: bool  # the year came from context


# Finer units can be counted in coarser ones, never the other way round.
_RANKS = {"TM": 0, "TH": 0, "D": 0, "W": 1, "M": 2, "S": 3, "Y": 4, "DE": 5, "CE": 6}


@dataclass(slots=True)
class _Story:
    """What a reader keeps in mind: the day of publication, what was told before, and the place in the sentence."""

    text: str
    lower: str
    published: date | None
    history: bool
    before_christ: bool
    day_first: bool
    room: int  # how many more words that look like dates are worth reading
    year: str = ""
    anchor: _Period | None = None
    start: int = 0
    end: int = 0
    before: str = ""
    before_that: str = ""
    lead: _Lead | None = None
    hits: list[_Hit] = field(default_factory=list)
    cues: list[int] | None = None  # of the sentence, found when first asked for: most have no date to ask for
    breaks: list[int] = field(default_factory=list)
    inferred: bool = False
    guessed: bool = False
    known: Mapping[str, Epoch] | None = None

    def epochs(self) -> Mapping[str, Epoch]:
        """Return the well-known happenings that the report may mean, looked up when first asked for."""
        if self.known is None:
            self.known = epochs_of(self.text, self.published) if self.published else {}
        return self.known

    def is_future(self, start: int, end: int) -> bool:
        """Tell whether a word of plan or forecast governs the expression: in its clause, or after a fronted one."""
        if self.before.lower() == "since" or (self.lead and self.lead.since and self.lead.end == start):
            return False
        if self.cues is None:
            self.cues = [m.start() for m in _CUE.finditer(self.text, self.start, self.end)]
            self.breaks = [m.start() for m in _BREAK.finditer(self.text, self.start, self.end)]
        i, j = bisect_left(self.cues, start), bisect_left(self.breaks, start)
        if i and start - self.cues[i - 1] <= _REACH and (not j or self.breaks[j - 1] < self.cues[i - 1]):
            return True
        if start - self.start > _FRONT or i == len(self.cues) or self.cues[i] - end > _REACH:
            return False
        return j == len(self.breaks) or self.breaks[j] > self.cues[i]

    def is_over(self, start: int) -> bool:
        """Tell whether only the past is told of before an expression: "besieged the town until February"."""
        before = self.text[max(self.start, start - _REACH) : start]
        return _TOLD.search(before) is not None and _GOES_ON.search(before) is None

    def base(self, narrative: bool, unit: str = "D") -> date | None:
        """Return the day that an expression counts from: publication, or the last day told of if told finely enough."""
        if not narrative and not self.history:
            return self.published
        self.inferred = True
        known = self.anchor is not None and _RANKS[self.anchor.unit] <= _RANKS[unit]
        return self.anchor.first if known and self.anchor else None

    def year_of(self, match: "_Match", month: int, day: int = 0) -> str:
        """Return the year that the expression names, or its likely one."""
        if "year" in match.re.groupindex and match["year"]:
            return match["year"]
        if "point" in match.re.groupindex and match["point"]:
            steps, narrative = _POINTERS[match["point"].removeprefix("the ")]
            base = self.base(narrative, "Y")
            return f"{base.year + steps:04}" if base else self.year or "XXXX"
        self.guessed = True
        return self.year or self.likely_year(match.start(), match.end(), month, day)

    def likely_year(self, start: int, end: int, month: int, day: int) -> str:
        """Return the nearest year that is not in the future, or with a word of plan not in the past."""
        if self.published is None:
            return "XXXX"
        today, this = self.published, self.published.year
        weekday = self.lead.weekday if self.lead and self.lead.end == start else None
        if weekday is not None:
            tries = sorted(range(this - 6, this + 7), key=lambda year: abs(year - this))
        elif self.before.lower() in _BOUNDS:
            named = [date(this + step, month, min(day or 15, 28)) for step in (-1, 0, 1)]
            over = [one for one in named if one <= today] if self.is_over(start) else []
            tries = [max(over).year if over else min(named, key=lambda one: abs((one - today).days)).year]
        elif self.is_future(start, end):
            passed = (month, day or 31) < (today.month, today.day)
            tries = list(range(this + passed, this + 9))
        else:
            soon = today + timedelta(_SLACK)
            tries = list(range(soon.year - ((month, day or 1) > (soon.month, soon.day)), this - 9, -1))
        fitting = (year for year in tries if _fits(year, month, day, weekday))
        return f"{next(fitting, tries[0]):04}"


_BOUNDS = {"through", "until", "till", "by", "before"}  # these days lie ahead as often as behind: the nearest is meant
_FRONT = 12  # characters: an expression this near to the start of its sentence is fronted
_REACH = 120  # characters that a word of plan governs at most
_SLACK = 7  # days: a date without a year this soon after publication is a coming one, not last year's
_CUE = re.compile(
    r"\b(?:will|won't|shall|would(?! have)|going to|due|scheduled|planned|plans?|planning|set (?:to|for)|"
    r"expect(?:ed|s)?|(?:is|are) to|upcoming|[Aa]head of|begins?|starts?|continues?|takes? place|may|might(?! have)|"
    r"to (?:be|meet|hold|visit|resume|begin|start|open|vote|return|arrive)(?!-))\b|'ll\b"
)
_TOLD = re.compile(r"\b(?:was|were|had|did|went|came|took|held|ran|fought|led|let|kept|[a-z]{3,}ed)\b")
_GOES_ON = re.compile(r"\b(?:is|are|has|have|will|shall|would|can|may|must|remains?|to)\b")
_BREAK = re.compile(
    r"[;:\"]|\b(?:said|says|told|announced|reported|added|wrote|according|after|when|who|which|because|was|were|had|has|"
    r"have been)\b"
)


def _fits(year: int, month: int, day: int, weekday: int | None) -> bool:
    if month == 2 and day == 29 and not isleap(year):
        return False
    return weekday is None or not day or date(year, month, day).weekday() == weekday


# ---------------------------------------------------------------- readers: a match and the story → a period, or no date

_Match = re.Match[str]


def _read_calendar(match: _Match, story: _Story) -> _Period | None:
    month, day = _MONTHS[match["month"]], int(match["day"])
    return _named(story.year_of(match, month, day), month, day)


def _read_month_of_year(match: _Match, story: _Story) -> _Period | None:
    month = _MONTHS[match["month"]]
    return _named(story.year_of(match, month), month)


def _read_month(match: _Match, story: _Story) -> _Period | None:
    before, lead = story.before.lower(), story.lead
    licensed = before in _LEADS or (lead is not None and lead.end == match.start())
    if not licensed and (match["month"] in _AMBIGUOUS or story.before[:1].isupper()):
        return None
    if before in {"the", "a", "an"} and _NOT_A_NOUN.match(story.text, match.end()):
        return None  # "the March on Rome", "the May Fair"
    return _read_month_of_year(match, story)


_NOT_A_NOUN = re.compile(r" (?:on|of|for|to|through|in)\b| [A-Z]|[.,;]")
_FALLING = re.compile(r" (?:of|in|to|from)\b")


def _read_second(match: _Match, story: _Story) -> _Period | None:
    """Read the second number of "September 10-13", "May 4 and 5", "1915-17"."""
    first = story.hits[-1] if story.hits else None
    gap = story.lower[first.end : match.start()] if first else "."
    if first is None or len(gap) > 9 or not _TO.fullmatch(gap):
        return None
    year, number = first.period.value[:4], int(match["second"])
    if first.period.unit == "Y":
        return _named(year[:2] + match["second"]) if gap == "-" and len(match["second"]) == 2 else None
    if first.period.unit != "D" or first.basis is not DateBasis.EXPLICIT or len(first.period.value) != 10:
        return None
    if "and" in gap and not _AFTER_DAY.match(story.lower, match.end()):
        return None  # "May 4 and 12 others"
    story.guessed = first.guessed and not match["year"]
    return _named(match["year"] or year, int(first.period.value[5:7]), number)


_TO = re.compile(r" ?(?:-|to|until|till|through|thru|and) ?(?:the )?")
_AFTER_DAY = re.compile(r"$|[.,;:)]| (?:in|at|the|when|by|on|as|were|was|and)\b")


def _read_numeric(match: _Match, story: _Story) -> _Period | None:
    """Read 4/2/2022: month first as in the United States, unless impossible, ahead, or days come first elsewhere."""
    a, b, year = int(match["a"]), int(match["b"]), int(match["year"].rjust(4, "_").replace("__", "20"))
    orders = [(b, a), (a, b)] if story.day_first else [(a, b), (b, a)]
    days = [date(year, m, d) for m, d in orders if 1 <= m <= 12 and 1 <= d <= monthrange(year, m)[1]]
    past = [day for day in days if story.published and day <= story.published]
    return _day((past or days)[0]) if days else None


def _read_iso(match: _Match, story: _Story) -> _Period | None:
    period = _named(match["year"], int(match["m"]), int(match["d"]))
    return period._replace(value=f"{period.value}T{match['clock']}") if match["clock"] else period


def _read_year(match: _Match, story: _Story) -> _Period | None:
    year, before = int(match["y"]), story.before.lower()
    lead = story.lead
    strong = before in _STRONG or (lead is not None and lead.end == match.start() and not lead.is_article)
    if before in _NOT_YEARS or (not strong and match["noun"] in _QUANTITIES):
        return None
    return _named(match["y"]) if (1000 if strong or story.history else 1900) <= year <= 2100 else None


def _read_bc(match: _Match, story: _Story) -> _Period | None:
    if not match["era"] and not (story.before_christ and story.before.lower() in _STRONG | {"of", "to"}):
        return None
    return _named(f"BC{int(match['y']):04}", _MONTHS.get(match["month"] or "", 0))


def _read_decade(match: _Match, story: _Story) -> _Period | None:
    return _years(date(int(match["y"]), 1, 1), 3, "DE")


def _read_century(match: _Match, story: _Story) -> _Period | None:
    number = _CENTURIES.get(match["century"]) or int(match["century"])
    return _Period(f"BC{number - 1:02}", unit="CE") if match["bc"] else _years(date(number * 100 - 99, 1, 1), 2, "CE")


def _read_season(match: _Match, story: _Story) -> _Period | None:
    word, before = match["season"], story.before.lower()
    article = before == "the" and (word != "fall" or story.before_that.lower() in _STRONG)
    if not (match["year"] or match["point"] or before in _STRONG or article):
        return None
    if word == "fall" and not match["year"] and _FALLING.match(story.lower, match.end()):
        return None
    code = _SEASONS[word]
    return _months(story.year_of(match, _FIRST_MONTH[code]), code, _FIRST_MONTH[code], 3)


def _read_quarter(match: _Match, story: _Story) -> _Period | None:
    """Read "the third quarter of 2021", "Q3 2021", "the first half of last year"."""
    length, letter = (6, "H") if match["part"] == "half" else (3, "Q")
    number = _ORDINALS.get(match["ord"]) or int(match["ord"])
    number = 12 // length if number < 0 else number
    if number > 12 // length or (letter == "H" and not (match["year"] or match["point"])):
        return None  # "the first half" is mostly football's
    first = (number - 1) * length + 1
    return _months(story.year_of(match, first), f"{letter}{number}", first, length)


def _read_week_of_month(match: _Match, story: _Story) -> _Period | None:
    """Read "the first week of September": days 1 to 7; the last one is the last seven days."""
    month, number = _read_month_of_year(match, story), _ORDINALS[match["ord"]]
    if month is None or month.first is None or month.last is None:
        return month
    first = month.last - timedelta(6) if number < 0 else month.first + timedelta(7 * (number - 1))
    return _Period(month.value, first, first + timedelta(6), "W")


def _read_holiday(match: _Match, story: _Story) -> _Period | None:
    month, day = _HOLIDAYS[match["name"]]
    return _named(story.year_of(match, month, day), month, day)


def _read_easter(match: _Match, story: _Story) -> _Period | None:
    """Read "Easter Monday": the nearest that is past, or with a word of plan ahead."""
    days = _EASTER[match["name"]]
    if match["year"]:
        return _day(_easter(int(match["year"])) + timedelta(days))
    if story.published is None:
        return _Period("XXXX-XX-XX")
    today = story.published
    near = [_easter(today.year + step) + timedelta(days) for step in (-1, 0, 1)]
    ahead = story.is_future(match.start(), match.end())
    return _day(min(day for day in near if day >= today) if ahead else max(day for day in near if day <= today))


def _easter(year: int) -> date:
    """Return the day of Easter in the Gregorian calendar (Meeus, Astronomical Algorithms, 1991, ch. 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), f = divmod(b, 4), (b + 8) // 25
    h = (19 * a + b - d - (b - f + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _read_weekday(match: _Match, story: _Story) -> _Period | None:
    """Read a weekday: today or the latest past one, unless planned."""
    weekday, suffix, day = _WEEKDAYS[match["weekday"]], _TIMES_OF_DAY.get(match["tod"], ""), story.published
    if day is None or story.history:
        return _Period(f"XXXX-WXX-{weekday + 1}{suffix}")
    if match["week"]:
        return _day(day + timedelta(weekday - day.weekday() + 7 * _POINTERS[match["week"]][0]), suffix)
    ahead = (weekday - day.weekday()) % 7
    planned = ahead and story.is_future(match.start(), match.end())
    return _day(day + timedelta(ahead if planned or not ahead else ahead - 7), suffix)


def _read_near_day(match: _Match, story: _Story) -> _Period | None:
    suffix = "TNI" if match[0] == "tonight" else ""
    if story.published is None or story.history:
        return _Period("XXXX-XX-XX" + suffix)
    return _day(story.published + timedelta(_NEAR_DAYS[match[0]]), suffix)


def _read_overnight(match: _Match, story: _Story) -> _Period | None:
    """Read "overnight" and "overnight into Saturday" as the two days of that night."""
    day = story.published
    if day is None or story.history:
        return _Period("XXXX-XX-XXTNI")
    if match["weekday"]:
        day -= timedelta((day.weekday() - _WEEKDAYS[match["weekday"]]) % 7)
        day += timedelta(match["link"] not in {"into", "to"})
    return _Period(f"{day - timedelta(1)}TNI", day - timedelta(1), day)


def _read_weekend(match: _Match, story: _Story) -> _Period | None:
    day = story.published
    if day is None or story.history:
        return _Period("XXXX-WXX-WE", unit="W")
    current = day.weekday() >= 5 or story.is_future(match.start(), match.end())
    return _weekend(day - timedelta(0 if current else 7))


def _read_start(match: _Match, story: _Story) -> _Period | None:
    """Read "at the start of the nearly seven-month war": about so long before publication."""
    count, unit = _count(match["n"]), _UNITS[match["unit"]]
    if story.published is None or count is None:
        return None
    story.inferred = True
    first, one = _shift(story.published, unit, -count), _MONTHS_IN.get(unit)
    last = _shift(first, unit, 1) if one else first + timedelta(7)
    return _Period(_AROUND[unit](first).value, first, min(last, story.published), unit)


def _read_epoch(match: _Match, story: _Story) -> _Period | None:
    """Read "since the coup", "shortly after its invasion" by the days of what everybody knows by that word."""
    epoch = story.epochs().get(match["epoch"])
    if epoch is None or story.published is None:
        return None
    story.inferred = True
    first, last = epoch.date_from, epoch.date_to or story.published
    if match["how"].startswith("since"):
        last = story.published
    elif not match["how"].startswith("during"):
        last = min(first + timedelta(_SOON if "after" in match["how"] else _EARLY), story.published)
    return _Period(first.isoformat(), first, last, "M")


_SOON, _EARLY = 60, 30  # days


def _read_reference(match: _Match, story: _Story) -> _Period | None:
    return _Period(_REFERENCES[match[0]])


def _read_count(match: _Match, story: _Story) -> _Period | None:
    """Read "two days ago", "a week later", and durations, which are no dates; ages are neither."""
    if match["age"] or story.before in {"aged", "age"}:
        return None
    count, unit, tail = _count(match["n"]), _UNITS[match["unit"]], match["tail"] or ""
    if match["unit"] == _FORTNIGHT:
        count = count and count * 2
    if not tail and story.before.lower() == "in" and count and story.is_future(match.start(), match.end()):
        tail = "from now"
    if not tail:
        return _duration(count, unit)
    ahead = tail in {"later", "from now"}
    if count is None:
        return _Period("FUTURE_REF" if ahead else "PAST_REF")
    base = story.base(True, unit) if tail in {"later", "earlier"} else story.published
    return _around(story, base, unit, count if ahead else -count, "D" if tail == "ago today" else unit)


def _around(story: _Story, base: date | None, unit: str, steps: int, told_in: str = "") -> _Period:
    """Return the period ``steps`` units from ``base``; where that is not known only its shape is."""
    told_in = told_in or unit
    if base is not None:
        return _AROUND[told_in](_shift(base, unit, steps))
    if told_in == "Y":
        return _named(story.year if not steps and story.year else "XXXX")
    return _Period((story.year or "XXXX") + {"W": "-WXX", "M": "-XX"}.get(told_in, "-XX-XX"), unit=told_in)


def _read_first(match: _Match, story: _Story) -> _Period | None:
    number = _count(match["n"]) if match["n"] else None if match["plural"] else 1
    return _duration(number, _UNITS[match["unit"]])


def _read_unit(match: _Match, story: _Story) -> _Period | None:
    """Read "the end of the year": the period that publication, or a history, stands in."""
    if story.lead is None or story.lead.end != match.start() or not story.lead.part:
        return None
    unit = _UNITS[match["unit"]]
    return _around(story, story.base(False, unit), unit, 0)


def _read_day_off(match: _Match, story: _Story) -> _Period | None:
    """Read "the day before", "the day after" where no happening follows to count from."""
    return _around(story, story.base(True), "D", -1 if match["back"] else 1)


def _read_pointed(match: _Match, story: _Story) -> _Period | None:
    """Read "last week", "the past three days", "next Friday", "that night", "the same year"."""
    word = match["pointer"]
    steps, narrative = _POINTERS[word]
    narrative = narrative or (word == "next" and match["the"] is not None)
    if match["unit"]:
        return _point_at_unit(match, story, steps, narrative)
    kind = next(name for name in _POINTED if match[name])
    base = story.base(narrative, "Y" if kind in {"month", "season"} else "D")
    shape, resolve = _POINTED[kind]
    return resolve(match[kind], base, steps, word) if base else _Period(shape)


def _point_at_unit(match: _Match, story: _Story, steps: int, narrative: bool) -> _Period:
    """Return a calendar period, or the days up to or from publication: "the past week" is the last seven."""
    unit, plural = _UNITS[match["unit"]], match["plural"]
    base = story.base(narrative, unit)
    if not (plural or match["n"] or match["pointer"] == "past" or unit in {"TH", "TM"}):
        return _around(story, base, unit, steps)
    number = _count(match["n"]) if match["n"] else None if plural else 1
    if match["unit"] == _FORTNIGHT:
        number = number and number * 2
    duration = _duration(number, unit)
    if story.inferred or base is None or number is None or not steps:
        return duration
    first, last = sorted((base, _shift(base, unit, steps * number)))
    return duration._replace(first=first, last=last)


def _point_at_weekday(word: str, base: date, steps: int, pointer: str) -> _Period:
    weekday = _WEEKDAYS[word]
    if steps < 0:
        return _day(base - timedelta((base.weekday() - weekday - 1) % 7 + 1))
    if pointer in {"coming", "following"}:
        return _day(base + timedelta((weekday - base.weekday() - 1) % 7 + 1))
    return _day(base + timedelta(weekday - base.weekday() + 7 * steps))


def _point_at_month(word: str, base: date, steps: int, pointer: str) -> _Period:
    month = _MONTHS[word]
    year = base.year - (steps < 0 and month >= base.month) + (steps > 0 and month <= base.month)
    return _named(f"{year:04}", month)


def _point_at_season(word: str, base: date, steps: int, pointer: str) -> _Period:
    code = _SEASONS[word]
    first = _FIRST_MONTH[code]
    year = base.year - (steps < 0 and base.month <= first + 2) + (steps > 0 and base.month >= first)
    return _months(f"{year:04}", code, first, 3)


# What a pointer stands before: the value's shape where it cannot be resolved, and how it is.
_POINTED: dict[str, tuple[str, Callable[[str, date, int, str], _Period]]] = {
    "weekday": ("XXXX-XX-XX", _point_at_weekday),
    "month": ("XXXX-XX", _point_at_month),
    "season": ("XXXX", _point_at_season),
    "tod": ("XXXX-XX-XX", lambda word, base, steps, _: _day(base + timedelta(steps), _TIMES_OF_DAY[word])),
    "weekend": ("XXXX-WXX-WE", lambda word, base, steps, _: _weekend(base + timedelta(7 * steps))),
}

# ---------------------------------------------------------------- the rules: first words, pattern, reader, basis


def _any(words: Collection[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_DOT = r"(?:(?<![a-z]{4})(?<!may)\.|(?<=sept)\.)?"  # of an abbreviation
_FRAGMENTS = {
    "day": r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![\d:]|[.,]\d| ?%)",
    "month": rf"(?P<month>{_any(_MONTHS)})\b{_DOT}",
    "this_month": rf"(?P<month>[a-z]+){_DOT}",  # where the rule's first word is known to be one
    "year": rf"(?P<year>[12]\d{{3}})(?!\d|[,.]\d| (?:{_any(_QUANTITIES)})\b)",
    "month_year": r"(?P<year>(?:19|20)\d\d)(?!\d|[,.]\d)",
    "point": r"(?P<point>that|the same|this|last|next) year",
    "to": r" ?(?:-|\bto\b|\bthrough\b|\band\b|\bor\b) ?(?:the )?",
    "n": rf"(?P<n>\d{{1,4}}|(?:{_any(_TENS)})-(?:{_any(_ONES)})|(?:a )?(?:{_any(_VAGUE)})(?: of)?|{_any(_COUNTS)})",
    "unit": rf"(?P<unit>{_any(_UNITS)})(?P<plural>s)?",
    "weekday": rf"(?P<weekday>{_any(_WEEKDAYS)})",
    "season": rf"(?P<season>{_any(_SEASONS)})",
    "tod": rf"(?P<tod>{_any(_TIMES_OF_DAY)})",
    "ord": rf"(?P<ord>{_any(_ORDINALS)})",
    "century": rf"(?P<century>\d{{1,2}}(?=st|nd|rd|th)|{_any(_CENTURIES)})",
    "bc": r"(?:bce?|b\.c\.?)",
}
_FRAGMENTS["in_year"] = rf"(?:,?[ -](?:of )?{_FRAGMENTS['year']}| (?:of )?{_FRAGMENTS['point']})?"


def _compile(pattern: str) -> re.Pattern[str]:
    """Return ``pattern`` for lower-case text with its <fragments> filled in, ending at the end of a word."""
    return re.compile(rf"(?:{re.sub('(?<!P)<([a-z_]+)>', lambda name: _FRAGMENTS[name[1]], pattern)})(?!\w)")


_Reader = Callable[[_Match, _Story], _Period | None]
_EXPLICIT, _RELATIVE, _UNKNOWN = DateBasis.EXPLICIT, DateBasis.RELATIVE, DateBasis.NONE
_STARTS = ("start", "beginning", "outset", "onset")
_SMALL = {"0", "near"}  # a number of one or two digits; "near" when it stands just behind a date
_NUMBERS = _SMALL | {"000"} | set(_COUNTS) | set(_VAGUE)
_DAY2 = r"\d{1,2}(?:st|nd|rd|th)?"
_TABLE: tuple[tuple[Collection[str], str, _Reader, DateBasis], ...] = (
    (_SMALL, rf"<day>(?=<to>{_DAY2}(?: of)? <month><in_year>)", _read_calendar, _EXPLICIT),
    (_SMALL, r"<day>(?: of|,)?[ -]<month><in_year>", _read_calendar, _EXPLICIT),
    (_SMALL, r"(?P<a>\d{1,2})[./-](?P<b>\d{1,2})[./-](?P<year>[12]\d{3}|(?<=/)\d\d)",
     _read_numeric, _EXPLICIT),
    ({*_SMALL, *_CENTURIES}, r"<century>(?:st|nd|rd|th)?[ -]century(?: (?P<bc>bce?|b\.c\.?))?",
     _read_century, _EXPLICIT),
    ({*_SMALL, "000", "0000"}, r"(?P<month>(?!))?(?P<y>\d{1,4}) (?P<era><bc>)", _read_bc, _EXPLICIT),
    (_NUMBERS, r"<n>[ -](?:(?:long|short|full|straight|more|consecutive|other|bloody|gruelling|grueling) )?<unit>"
     r"(?P<age>(?:[- ]olds?| of age)\b)?(?: (?P<tail>ago(?: today)?|earlier|later|from now))?", _read_count, _UNKNOWN),
    ({"near"}, r"(?P<second>\d{1,2})(?:st|nd|rd|th)?(?:,? <year>)?", _read_second, _EXPLICIT),
    ({"000"}, r"(?P<month>(?!))?(?P<y>\d{3})(?P<era>)", _read_bc, _EXPLICIT),
    ({"0000"}, r"(?P<year>[12]\d{3})-(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12]\d|3[01])(?:[t ](?P<clock>\d\d:\d\d)"
     r"(?::\d\d)?(?:\.\d{1,6})?(?:z|[+-]\d\d:?\d\d)?)?", _read_iso, _EXPLICIT),
    ({"0000"}, r"(?P<y>[12]\d\d0)'?s", _read_decade, _EXPLICIT),
    ({"0000"}, r"(?P<y>[12]\d{3})(?![,.]\d| ?%)(?=(?:[ -](?P<noun>[a-z]+))?)", _read_year, _EXPLICIT),
    (_MONTHS, r"<this_month>,? (?:of )?(?P<y>\d{1,4}) (?P<era><bc>)", _read_bc, _EXPLICIT),
    (_MONTHS, rf"<this_month> (?:the )?<day>(?=<to>{_DAY2},? <year>)", _read_calendar, _EXPLICIT),
    (_MONTHS, r"<this_month> (?:the )?<day><in_year>", _read_calendar, _EXPLICIT),
    (_MONTHS, r"<this_month>(?:,? (?:of )?<month_year>| (?:of )?<point>)", _read_month_of_year, _EXPLICIT),
    (_MONTHS, rf"<this_month>(?=<to>(?:{_any(_MONTHS)})\b)", _read_month_of_year, _EXPLICIT),
    (_MONTHS, r"<this_month>", _read_month, _EXPLICIT),
    (_WEEKDAYS, r"<weekday>(?: <tod>)?(?: (?:of )?(?P<week>last|this|next) week)?", _read_weekday, _RELATIVE),
    (_ORDINALS, r"<ord>[ -](?P<part>quarter|half)<in_year>", _read_quarter, _EXPLICIT),
    ({"q"}, r"q(?P<ord>[1-4])[ ,']{1,2}<year>(?P<part>)(?P<point>)", _read_quarter, _EXPLICIT),
    (_ORDINALS, r"<ord> week (?:of|in) <month><in_year>", _read_week_of_month, _EXPLICIT),
    ({"first"}, r"first (?:<n> )?<unit>(?= (?:after|since|of|following)\b)", _read_first, _UNKNOWN),
    ({"the", *_POINTERS}, rf"(?P<the>the )?(?P<pointer>{_any(_POINTERS)}) "
     r"(?:(?:<n> )?<unit>(?! of\b)|<weekday>|<month>|<season>|<tod>|(?P<weekend>weekend))", _read_pointed, _RELATIVE),
    (_SEASONS, r"<season><in_year>", _read_season, _EXPLICIT),
    (_HOLIDAYS, rf"(?P<name>{_any(_HOLIDAYS)})(?:,? <year>)?", _read_holiday, _EXPLICIT),
    (_EASTER, rf"(?P<name>{_any(_EASTER)})(?:,? (?:in )?<year>)?", _read_easter, _RELATIVE),
    ({*_NEAR_DAYS, "day"}, _any(_NEAR_DAYS), _read_near_day, _RELATIVE),
    ({"day"}, r"day (?:(?P<back>before)|after|following)(?=[.,;])", _read_day_off, _RELATIVE),
    (_STARTS, rf"(?:{_any(_STARTS)}) of (?:the|its|their|his|this) (?:(?:nearly|almost|about|roughly|some) )?"
     r"<n>[ -]<unit>(?:[ -](?:old|long))? (?:[a-z]+ )?(?:war|conflict|invasion|siege|uprising|fighting|offensive|"
     r"insurgency|crisis|campaign|occupation|blockade|strike|drought|outbreak|epidemic)", _read_start, _RELATIVE),
    ({*_STARTS, "since", "shortly", "soon", "early", "first", "during"},
     rf"(?P<how>since|(?:shortly|soon) after|(?:{_any(_STARTS)}) of|(?:early|first) (?:days|weeks|months) of|during) "
     rf"(?:the|its|their|his|that)(?: [a-z.'-]+){{0,2}}? (?P<epoch>{_any(words_of_epochs())})", _read_epoch, _RELATIVE),
    ({"overnight"}, r"overnight(?: (?P<link>on|from|into|to))?(?: <weekday>)?", _read_overnight, _RELATIVE),
    ({"weekend"}, r"weekend", _read_weekend, _RELATIVE),
    (_UNITS, r"<unit>", _read_unit, _RELATIVE),
    (_REFERENCES, _any(_REFERENCES), _read_reference, _UNKNOWN),
)  # fmt: skip


_Rule = tuple[re.Pattern[str], _Reader, DateBasis]


def _by_first_word() -> dict[str, tuple[re.Pattern[str], list[_Rule]]]:
    """Return the rules that a word may begin, behind one pattern that tells quickly whether any of them fits."""
    patterns: dict[str, list[str]] = {}
    rules: dict[str, list[_Rule]] = {}
    for words, pattern, reader, basis in _TABLE:
        compiled = _compile(pattern)
        for first in {word.partition(" ")[0] for word in words}:
            patterns.setdefault(first, []).append(re.sub(r"\(\?P<\w+>", "(?:", compiled.pattern))
            rules.setdefault(first, []).append((compiled, reader, basis))
    return {first: (re.compile("|".join(patterns[first])), rules[first]) for first in rules}


_RULES = _by_first_word()
_DIGITS = {1: "0", 2: "0", 3: "000", 4: "0000"}
_NO_RULES: tuple[re.Pattern[str], list[_Rule]] = (re.compile("(?!)"), [])
_TOKEN = re.compile(r"[a-z]+|(?<![\w$€£¥#@])(?<!\d[.,:/+])[0-9]{1,4}(?!\d)")
_LEAD = re.compile(
    r"(?:(?P<since>since(?: at least)?)|(?P<early>early|beginning|start)|(?P<mid>mid(?:dle)?)|(?P<late>late|end|close)|"
    rf"(?P<earlier>earlier)|(?P<later>later)|(?P<tod>{_any(_TIMES_OF_DAY)})(?= o[fn] )|the)"
    r"(?:[ -](?:in|on|of))?(?: the)?[ -]"
)
_LEAD_WORDS = {*_TIMES_OF_DAY, *"since early beginning start mid middle late end close earlier later the".split()}
_WEEKDAY_LEAD = re.compile(
    rf"(?P<weekday>{_any(_SHORT_WEEKDAYS)})\b\.?,? (?:the )?"
    rf"(?=\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_any(_MONTHS)})\b|(?:{_any(_MONTHS)})\.? \d)"
)
_CAPITALS = {c: c + 32 for c in range(65, 91)}
_FEWEST_PAST = 5  # years that a history names
_YEARS = re.compile(r"(?<![\d.,$-])(?:1\d{3}|20\d\d)(?!\d|,\d)")
_NEWSY = re.compile(rf"\b(?:{_any(_WEEKDAYS)}|yesterday|tomorrow|tonight|ago|(?:last|this) (?:week|month|year))\b")
_BC = re.compile(r"\d (?:bc|b\.c)")
_NUMERIC = re.compile(r"(?<![\d./])(\d{1,2})[./](\d{1,2})[./][12]\d{3}(?!\d)")

# ---------------------------------------------------------------- the pass


def find_dates(document: Document, parsed: "ParsedDocument") -> list[Timex]:
    """Return the time expressions of a report in order; they do not overlap.

    ``value`` is TIMEX3; ``date_from`` and ``date_to`` are the inclusive days of the expression, or of the range or open
    interval that it belongs to ("since", "from … to …"). A month, season or week told from publication is cut off there
    unless a word of plan governs it. Days are None for durations, for "recently" and its like, for years before Christ,
    and for what hangs on a day of publication that is not known. Numeric dates are month first unless that is
    impossible, lies in the future, or the report puts days first elsewhere; seasons are the north's. A text with over
    a hundred words like dates and more than one in forty characters is no report: the surplus is not read.
    """
    story = _open_story(document)
    timexes: list[Timex] = []
    end = 0
    for sentence in parsed.sentences:
        if not story.history and "\n" in story.text[end : sentence.start]:
            story.year = ""
        if sentence.end - sentence.start < _SHORTEST_DATE:
            continue
        _scan(story, sentence.start, sentence.end)
        _join_ranges(story)
        _count_from_dates(story)
        _count_back(story)
        timexes += [_timex(document.text, hit) for hit in story.hits]
        end = sentence.end
    return timexes


def _open_story(document: Document) -> _Story:
    """Tell a history, whose yearless dates carry on from the last year named, from news told from its own day."""
    text = fold(document.text)
    lower = text.translate(_CAPITALS)
    published = document.published if document.published and 1000 <= document.published.year < 3000 else None
    limit = published.year - 1 if published else 3000
    past, before_christ = sum(int(year) < limit for year in _YEARS.findall(lower)), len(_BC.findall(lower))
    enough = past + before_christ >= _FEWEST_PAST
    pairs = [(int(a), int(b)) for a, b in _NUMERIC.findall(lower)]
    return _Story(
        text,
        lower,
        published,
        history=enough and past + before_christ > 4 * len(_NEWSY.findall(lower)),
        before_christ=before_christ > past,
        room=100 + len(text) // 40,
        day_first=any(a > 12 for a, _ in pairs) and not any(b > 12 for _, b in pairs),
    )


def _scan(story: _Story, start: int, end: int) -> None:
    story.start, story.end, story.lead, story.hits, story.cues = start, end, None, [], None
    at, before, before_that = start, "", ""
    for token in _TOKEN.finditer(story.lower, start, end):
        begin, after = token.span()
        word = story.text[begin:after]
        if story.room <= 0:
            return
        if begin >= at:
            story.before = before if story.text[at:begin] in _GAPS else ""
            story.before_that = before_that
            _read(story, token[0], word, begin)
            at = max(after, story.hits[-1].end if story.hits else 0, story.lead.end if story.lead else 0)
        before, before_that = word, before


_GAPS = {"", " ", "-", "'", "/"}


def _read(story: _Story, lower: str, word: str, begin: int) -> None:
    """Read the expression that begins with this word, if one does, or keep the words that may lead one."""
    key = lower
    if lower.isdecimal():
        key = _DIGITS[len(lower)]
        if story.hits and begin - story.hits[-1].end < _NEAR:
            key = "near" if key == "0" else key
        elif _TELEPHONE.match(story.lower, max(0, begin - 2)) or not _NUMBER.match(story.lower, begin):
            return
    elif lower in _SHORT_WEEKDAYS and (lead := _WEEKDAY_LEAD.match(story.lower, begin, story.end)):
        story.lead = _Lead(*lead.span(), weekday=_SHORT_WEEKDAYS[lead["weekday"]])
        return
    gate, rules = _RULES.get(key, _NO_RULES)
    fits = gate.match(story.lower, begin, story.end) is not None
    story.room -= fits
    for pattern, reader, basis in rules if fits else ():
        match = pattern.match(story.lower, begin, story.end)
        if match and (period := _try(reader, match, story)):
            _settle(story, match, period, basis)
            return
    if lower in _LEAD_WORDS and (lead := _LEAD.match(story.lower, begin, story.end)):
        story.lead = _extend(story.lead, lead)
        story.room -= lower != "the"


_NUMBER = re.compile(r"[0-9]{4}|[0-9]+(?:[./-][0-9]|[ ,-]{0,2}[a-z])")  # else no date begins with it
_TELEPHONE = re.compile(r"\d-\d")
_NEAR = 10  # characters between the two numbers of a range at most


def _try(reader: _Reader, match: _Match, story: _Story) -> _Period | None:
    """Read a match; days that do not exist (30 February, before the year 1) are no dates."""
    story.inferred = story.guessed = False
    groups = match.re.groupindex
    for name in ("month", "weekday"):
        if name in groups and match[name] and story.text[match.start(name)].islower():
            return None  # "that may be", "3 march"
    try:
        return reader(match, story)
    except (ValueError, OverflowError):
        return None


def _extend(lead: _Lead | None, match: _Match) -> _Lead:
    """Return the lead with the words of ``match``, which may carry on an earlier one ("since the end of")."""
    known = lead if lead and lead.end == match.start() else _Lead(match.start(), 0)
    start = match.end("since") + 1 if match["since"] else known.start  # TIMEX3 leaves "since" out
    part = next((part for part in (*_PARTS, "earlier", "later") if match[part]), known.part)
    time_of_day = _TIMES_OF_DAY.get(match["tod"], known.time_of_day)
    return _Lead(start, match.end(), part, time_of_day, known.since or bool(match["since"]), known.weekday)


def _settle(story: _Story, match: _Match, period: _Period, basis: DateBasis) -> None:
    """Add an expression with the words that lead it, cut at publication, and remember what it tells."""
    hit = _Hit(match.start(), match.end(), period, DateBasis.INFERRED if story.inferred else basis, story.guessed)
    story.hits.append(hit)
    lead = story.lead if story.lead and story.lead.end == hit.start else None
    if lead:
        hit.start = hit.start if lead.is_article and hit.period.unit in {"M", "Y"} else lead.start
        hit.period = _led(story, lead, period)
    story.lead = None
    if not (lead and lead.part in {"late", "later"} and hit.basis is _RELATIVE):
        hit.period = _up_to_publication(story, hit)
    if hit.period.first is None and not hit.period.value.startswith("BC"):
        hit.basis = _UNKNOWN
    elif hit.basis is _UNKNOWN:
        hit.basis = _RELATIVE
    _remember(story, hit)


def _led(story: _Story, lead: _Lead, period: _Period) -> _Period:
    period, published = _part(period, lead.part), story.published
    if lead.time_of_day and period.unit == "D" and "T" not in period.value:
        period = period._replace(value=period.value + lead.time_of_day)
    if published is None or period.first is None or period.last is None or period.first > published:
        return period
    if lead.part == "later" and period.last > published:
        return period._replace(first=published)
    return period._replace(last=published) if lead.since and not story.history else period


def _up_to_publication(story: _Story, hit: _Hit) -> _Period:
    """Cut an interval that publication stands in: what is told in September of September has happened by now."""
    period, published = hit.period, story.published
    if period.unit == "D" or published is None or period.first is None or period.last is None:
        return period
    told_from_now = (hit.guessed or hit.basis is not _EXPLICIT) and period.value[:1] != "P"
    if not told_from_now or not period.first < published < period.last or story.is_future(hit.start, hit.end):
        return period
    return period._replace(last=published)


_FRONTED = re.compile(r"\W{0,3}(?:(?:and|but|then|back|later) )?(?:in|on|by|during|around|at) ")


def _remember(story: _Story, hit: _Hit) -> None:
    """Keep the day and, where dates carry on, the year: always in a history, in news after a fronted date."""
    value = hit.period.value
    year = value[:6] if value[:2] == "BC" else value[:4]
    named = year[-4:].isdecimal() and len(year) >= 4
    if hit.period.first:
        story.anchor = hit.period
    if story.history:
        story.year = year if named else story.year
    elif hit.basis is _RELATIVE:
        story.year = ""
    elif named and story.published and not hit.guessed and _FRONTED.fullmatch(story.lower, story.start, hit.start):
        story.year = year if int(year[-4:]) < story.published.year else ""


def _join_ranges(story: _Story) -> None:
    """Give both ends of "from … to …" the whole interval, and the first the year that the second names."""
    for a, b in pairwise(story.hits):
        gap = story.lower[a.end : b.start]
        if len(gap) >= _NEAR or not _TO.fullmatch(gap):
            continue
        between = "and" not in gap or _BETWEEN.search(story.lower, max(0, a.start - 14), a.start)
        _share_year(a, b, in_order=bool(between))
        if not between:
            continue
        _order_weekdays(story, a, b)
        first, last = a.period.first, b.period.last
        if first and last and first <= last:
            a.period, b.period = a.period._replace(last=last), b.period._replace(first=first)


_BETWEEN = re.compile(r"\bbetween (?:the )?$")


def _order_weekdays(story: _Story, a: _Hit, b: _Hit) -> None:
    """Move an end of "from Monday to Wednesday" by a week where publication falls between the two."""
    first, last = a.period.first, b.period.first
    if not (first and last and story.published and a.basis is b.basis is _RELATIVE and 0 < (first - last).days < 7):
        return
    if last > story.published:
        b.period = _day(last + timedelta(7))
    else:
        a.period = _day(first - timedelta(7))


def _share_year(a: _Hit, b: _Hit, in_order: bool) -> None:
    """Give "July" the year of "July and August 1914", and the later of two guessed dates one that follows."""
    if not (_DATED.fullmatch(a.period.value) and _DATED.fullmatch(b.period.value)):
        return
    turn = a.period.value[4:] > b.period.value[4:]
    if a.guessed and not b.guessed and (in_order or not turn):
        _move(a, int(b.period.value[:4]) - turn)
    elif b.guessed and in_order and a.period.first:
        _move(b, int(a.period.value[:4]) + turn)


def _move(hit: _Hit, year: int) -> None:
    month, day = int(hit.period.value[5:7]), int(hit.period.value[8:] or 0)
    if _fits(year, month, day, None):
        hit.period, hit.basis = _named(f"{year:04}", month, day), _EXPLICIT


_DATED = re.compile(r"[\dX]{4}-\d\d(?:-\d\d)?")
_COUNTED = re.compile(r"P(\d{1,4})([DWMY])")
_FROM = re.compile(r" (?P<way>after|before|since|following|of)\b[^,;.]{0,120}")
_SPANS = re.compile(r"\b(?:first|within) ")


def _count_from_dates(story: _Story) -> None:
    """Resolve "two days after …", "the first week after …" by the date at the end of the same clause."""
    for hit, day in pairwise(story.hits):
        counted = _COUNTED.fullmatch(hit.period.value)
        if counted and hit.basis is _UNKNOWN and day.period.unit == "D" and day.period.first:
            clause = _FROM.fullmatch(story.lower, hit.end, day.start)
            if clause and (period := _counted_from(story, hit, day.period.first, clause["way"], *counted.groups())):
                hit.period, hit.basis = period, DateBasis.INFERRED


def _count_back(story: _Story) -> None:
    """Date what a date is counted from: "in December, four years after an accord" puts the accord four years back.

    The value stays that of a duration.
    """
    for number, hit in enumerate(story.hits):
        counted = _COUNTED.fullmatch(hit.period.value)
        way = _COUNTS_FROM.match(story.lower, hit.end)
        if not (counted and way and hit.basis is _UNKNOWN) or _SPANS.search(
            story.lower, max(0, hit.start - 7), hit.end
        ):
            continue
        told = story.hits[number - 1] if number else None
        if told is None or told.period.first is None or story.lower[told.end : hit.start] not in _APPOSED:
            continue
        unit, steps = counted[2], int(counted[1]) * (1 if way["way"] == "before" else -1)
        try:
            around = _AROUND["Y" if unit == "Y" else "D"](_shift(told.period.first, unit, steps))
        except (ValueError, OverflowError):
            continue
        hit.period, hit.basis = hit.period._replace(first=around.first, last=around.last), DateBasis.INFERRED


_APPOSED = {", ", " - ", " "}
_COUNTS_FROM = re.compile(r" (?P<way>after|before) (?=[a-z])")


def _counted_from(story: _Story, hit: _Hit, day: date, way: str, count: str, unit: str) -> _Period | None:
    try:
        other = _shift(day, unit, -int(count) if way == "before" else int(count))
        if _SPANS.search(story.lower, max(0, hit.start - 7), hit.end):
            return hit.period._replace(first=day, last=other)
        return _AROUND[unit](other) if way in {"after", "before"} else None
    except (ValueError, OverflowError):
        return None


_PRECISIONS = {"M": TimePrecision.MONTH, "W": TimePrecision.WEEK}
_PRECISIONS |= dict.fromkeys(("D", "TH", "TM"), TimePrecision.DAY)


def _timex(text: str, hit: _Hit) -> Timex:
    value, first, last, unit = hit.period
    precision = _PRECISIONS.get(unit, TimePrecision.COARSER)
    return Timex(hit.start, hit.end, text[hit.start : hit.end], value, first, last, precision, hit.basis)


# ---------------------------------------------------------------- for others


def month_number(word: str) -> int | None:
    """Return the month of a name or abbreviation ("Sept.", "march"), 1 to 12, or None."""
    return _MONTHS.get(word.lower().removesuffix("."))


_EDTF_CODES = {"SP": "21", "SU": "22", "FA": "23", "WI": "24"}
_EDTF_SHAPES = ((r"\d{4}-\d\d-\d\d.*", "D"), (r"\d{4}-\d\d", "M"), (r"\d{4}", "Y"), (r"\d{3}", "DE"), (r"\d\d", "CE"))


def to_edtf(timex: Timex) -> str:
    """Return the days of an expression in EDTF level 0 or 1 (Library of Congress, 2019), '' where none are known.

    A day, month or year stands as it is, a decade as "199X", a century as "18XX", a season with its code ("2022-22"),
    every other interval as two days with a slash.
    """
    if timex.date_from is None or timex.date_to is None:
        return ""
    whole = _whole(timex.value, timex.date_from)
    if whole is None or (whole.first, whole.last) != (timex.date_from, timex.date_to):
        return f"{timex.date_from}/{timex.date_to}"
    year, mark, rest = whole.value.partition("-")
    return year.ljust(4, "X") + mark + _EDTF_CODES.get(rest, rest)


def _whole(value: str, first: date) -> _Period | None:
    """Return the calendar's own period of a value, None where EDTF has no short form for it."""
    if value[5:] in _EDTF_CODES:
        return _months(value[:4], value[5:], _FIRST_MONTH[value[5:]], 3)
    unit = next((unit for shape, unit in _EDTF_SHAPES if re.fullmatch(shape, value)), None)
    return _AROUND[unit](first) if unit else None
