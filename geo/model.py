"""The frozen types that flow from report to map; no behaviour beyond small derived values.

"None found" is ``None``, never (0, 0) and never an empty date. Offsets are character offsets into
``Document.text``, end exclusive. Angles are WGS84 degrees, distances kilometres, days inclusive.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import IntEnum, StrEnum
from functools import cache

__all__ = [
    "PLACE_CELLS",
    "Bearing",
    "Borrowing",
    "Candidate",
    "Claim",
    "Copy",
    "DateBasis",
    "Document",
    "Event",
    "EventType",
    "Mention",
    "Origin",
    "Place",
    "PlaceKind",
    "PublishedBasis",
    "Reading",
    "Relation",
    "Resolution",
    "Role",
    "Status",
    "Story",
    "TimePrecision",
    "Timex",
    "Unreadable",
    "Verification",
]


class PlaceKind(StrEnum):
    """What a place is; areas (region, country) are drawn as areas, the rest as points."""

    SETTLEMENT = "settlement"
    REGION = "region"
    COUNTRY = "country"
    FACILITY = "facility"
    NATURAL = "natural"
    RELATIVE = "relative"
    OTHER = "other"


class Role(StrEnum):
    """What a mention of a place stands for; only literal ones may become a pin."""

    LITERAL = "literal"
    ACTOR = "actor"
    MODIFIER = "modifier"
    DEMONYM = "demonym"


class Status(StrEnum):
    """How a claim is put forward."""

    REPORTED = "reported"
    CLAIMED = "claimed"
    DENIED = "denied"
    PLANNED = "planned"


class Verification(StrEnum):
    """What the report says about checking a claim."""

    NONE = "none"
    UNVERIFIED = "unverified"
    VERIFIED = "verified"


class EventType(StrEnum):
    """The fourteen kinds of happening (DESIGN §3)."""

    BATTLE = "battle"
    STRIKE = "strike"
    CONTROL_CHANGE = "control-change"
    WITHDRAWAL = "withdrawal"
    VIOLENCE_AGAINST_CIVILIANS = "violence-against-civilians"
    PROTEST = "protest"
    DISASTER = "disaster"
    ACCIDENT = "accident"
    DAMAGE = "damage"
    CASUALTIES = "casualties"
    AID = "aid"
    MOVEMENT = "movement"
    STATEMENT = "statement"
    OTHER = "other"


class DateBasis(StrEnum):
    """Where a claim's day comes from."""

    EXPLICIT = "explicit"
    RELATIVE = "relative"
    PUBLICATION = "publication"
    INFERRED = "inferred"
    CORRECTED = "corrected"
    NONE = "none"


class PublishedBasis(StrEnum):
    """Where a report's publication day comes from, best first."""

    CORRECTED = "corrected"
    MANIFEST = "manifest"
    METADATA = "metadata"
    PRINTED = "printed"
    DATELINE = "dateline"
    COPY = "copy"
    STORY = "story"
    NONE = "none"


class TimePrecision(IntEnum):
    """How fine a date is."""

    DAY = 1
    WEEK = 2
    MONTH = 3
    COARSER = 9


@dataclass(frozen=True, slots=True)
class Document:
    """One report as read: every offset points into ``text``.

    That is the decoded file, unchanged, the text of its record, or what was extracted from its web page.
    """

    report_id: str
    report: str
    text: str
    title: str = ""
    outlet: str = ""
    url: str = ""
    published: date | None = None
    published_basis: PublishedBasis = PublishedBasis.NONE


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file, or a line or member of one, that yielded no report, and why, in one line."""

    report: str
    reason: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The syndication group of a report: ``origin_id`` is shared by its copies; ``name`` as credited, or ''."""

    origin_id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """The reports that carry one text, whole or in part.

    ``canonical_id`` is the report that holds most of it. ``scores`` gives for each member the share (0-1) of the
    shorter one's words that it and the canonical report, or the member nearest to it, have in common; ``credits`` the
    wire that it names itself, or ''.
    """

    origin: Origin
    canonical_id: str
    scores: Mapping[str, float]
    credits: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Copy:
    """What a report is in its story.

    ``score`` is its share of ``Story.scores``, ``credit`` the wire that it names itself, or ''. ``version`` counts the
    files of the story from 1. ``n_shared_sentences`` of its ``n_sentences`` stand in another member too.
    """

    report_id: str
    report: str
    origin: Origin
    canonical_id: str
    credit: str
    score: float
    n_reports: int
    version: int
    n_shared_sentences: int
    n_sentences: int


@dataclass(frozen=True, slots=True)
class Borrowing:
    """A sentence that a report has from another one, ``similarity`` 0-1 by the words that they share."""

    report_id: str
    start: int
    end: int
    source_report_id: str
    source_start: int
    source_end: int
    similarity: float


@dataclass(frozen=True, slots=True)
class Bearing:
    """What a relative place hangs on: a point, and the direction to go from there in degrees from north, clockwise."""

    lat: float
    lon: float
    degrees: float


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the gazetteer or one computed from it (kind ``relative``).

    ``lat`` and ``lon`` are None for what has no place on the map ("the West", stop rows). ``metonym_of`` is the
    place_id whose government the name usually stands for. Field names follow GeoNames. ``bearing`` is set for what
    lies in a direction from another place, with or without a distance.
    """

    place_id: str
    name: str
    kind: PlaceKind
    lat: float | None
    lon: float | None
    radius_km: float
    feature_class: str = ""
    feature_code: str = ""
    country_code: str = ""
    admin1_code: str = ""
    parent_id: str = ""
    metonym_of: str = ""
    population: int = 0
    source: str = ""
    bearing: Bearing | None = None


PLACE_CELLS: tuple[str, ...] = tuple(f.name for f in fields(Place) if f.name != "bearing")
"""The fields of a place that a gazetteer's table or a correction holds; a bearing is only ever computed."""


@dataclass(frozen=True, slots=True)
class Relation:
    """How a relative place hangs on its anchor.

    ``word`` is what relates them: "from", "near", "part", "between" or "border"; the last two may have a second anchor
    at ``other_start``. ``describes`` is the start of the name that the phrase only describes ("Balakliia, which lies
    74 km southeast of Kharkiv"): then it is a check on that name and no place of its own.
    ``bearings`` are degrees from north (two for "south and east", -1 for "central"); ``distance_km`` is set where the
    words give it. The anchor is the mention at ``anchor_start``, or None where the words leave it open ("in the
    south"): then it is the country the report is about.
    """

    word: str
    anchor_start: int | None = None
    bearings: tuple[float, ...] = ()
    distance_km: float | None = None
    kind_word: str = ""
    other_start: int | None = None
    describes: int | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A place name, or a relative place, in a report's text.

    ``hint`` is the common noun beside the name that says what kind of place is meant ("region", "river").
    """

    start: int
    end: int
    surface: str
    role: Role
    source: str
    score: float = 1.0
    hint: str = ""
    relation: Relation | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place that a mention may mean, with its score (higher is better) and the reasons for it."""

    place: Place
    score: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolution:
    """A mention with the place chosen for it, or None and the reason why none was good enough."""

    mention: Mention
    place: Place | None
    candidates: tuple[Candidate, ...] = ()
    reason: str = ""

    def explain(self) -> str:
        """Return one English sentence that says why this place, or why none, for the person who checks it."""
        name = self.mention.surface
        if self.place is None:
            return f"{name} is taken to be no place on the map, since {self.reason or 'nothing fits'}."
        own = next((c.reasons for c in self.candidates if c.place.place_id == self.place.place_id), ())
        reasons = own or [r for r in self.reason.split("; ") if r and not r.startswith("ahead of ")]
        others = _others(self)
        default = "it is the likeliest of that name" if others else "no other place bears the name"
        why = _listed([_clause(reason) for reason in reasons]) or default
        return f"{name} is taken to be {_described(self.place)}, since {why}{others}."


def _clause(reason: str) -> str:
    """Return a reason as half a sentence: "population 4,300" → "it has 4,300 inhabitants"."""
    if reason.startswith("population "):
        return f"it has {reason.removeprefix('population ')} inhabitants"
    if reason.startswith(("a ", "an ", "the only ", "the region of ")):
        return f"it is {reason}"
    return f"it lies {reason}" if reason.startswith(("within ", "near ")) or " km " in reason else reason


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _described(place: Place) -> str:
    where = _country_name(place.country_code) if place.kind is not PlaceKind.COUNTRY else ""
    return f"{place.name}, {_noun(place)}" + (f" in {where}" if where else "")


def _noun(place: Place) -> str:
    if place.kind is PlaceKind.SETTLEMENT and place.population:
        return "a city" if place.population >= 100_000 else "a town" if place.population >= 2_000 else "a village"
    return {
        PlaceKind.SETTLEMENT: "a settlement",
        PlaceKind.REGION: "a region",
        PlaceKind.COUNTRY: "a country",
        PlaceKind.FACILITY: "a site",
        PlaceKind.NATURAL: "a natural feature",
        PlaceKind.RELATIVE: "a computed place",
        PlaceKind.OTHER: "a place",
    }[place.kind]


def _others(resolution: Resolution) -> str:
    """Return how many other candidates were kept; there may have been more of them."""
    n = len({c.place.place_id for c in resolution.candidates if c.place != resolution.place})
    if n < 2:
        return "; 1 other place bears the name" if n else ""
    return f"; {'at least ' if n > 3 else ''}{n} other places bear the name"


@cache
def _country_name(code: str) -> str:
    """Return a country's English name as people say it, or its code where countryinfo has none."""
    if not code:
        return ""
    from countryinfo import CountryInfo, CountryNotFoundError  # here, so that importing the types stays cheap

    try:
        name = str(CountryInfo(code).info()["name"])
    except (CountryNotFoundError, KeyError):
        return code
    plain = name.split(",")[0]
    return f"the {plain}" if plain.startswith(("United ", "Democratic ", "Czech ", "Central ")) else plain


@dataclass(frozen=True, slots=True)
class Timex:
    """A time expression: TIMEX3 ``value``, and the inclusive days it covers, None where they cannot be known."""

    start: int
    end: int
    text: str
    value: str
    date_from: date | None
    date_to: date | None
    precision: TimePrecision
    basis: DateBasis


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a report and what it counts; ``start``/``end`` are offsets into the report's text.

    ``value`` is None where the words are ``vague`` ("dozens"). ``high`` is the upper end of a range that begins at
    ``value``. ``bound`` is "at least", "at most", "about" or ''. ``unit`` is a unit of ``geo/data/units.csv``, the
    thing that is counted in the plural ("towns"), "share of X", "rank", "times" or "magnitude"; ``what`` is what the
    figure tells of ("territory recaptured"). ``index`` is the token of its sentence that stands for it in the tree.
    """

    start: int
    end: int
    text: str
    value: float | None
    unit: str
    vague: str = ""
    bound: str = ""
    what: str = ""
    high: float | None = None
    index: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """Who says that what happened at which place on which day; ``start``/``end`` is its sentence.

    ``place`` is None for a happening whose place is not known: it waits in the tray with ``reason``. A claim that an
    analyst has corrected keeps its id in ``read_as``, its place and type as read, and the ids of its ``corrections``.
    """

    report_id: str
    report: str
    start: int
    end: int
    text: str
    place: Place | None
    date_from: date | None
    date_to: date | None
    date_text: str
    time_precision: TimePrecision
    date_basis: DateBasis
    event_type: EventType
    status: Status
    claimant: str = ""
    claimant_side: str = ""
    cue: str = ""
    verification: Verification = Verification.NONE
    quantity: float | None = None
    quantity_high: float | None = None
    quantity_bound: str = ""
    unit: str = ""
    quantity_of: str = ""
    actor: str = ""
    actor_side: str = ""
    target: str = ""
    target_side: str = ""
    trigger: str = ""
    geo_precision: int = 1
    confidence: float = 1.0
    reason: str = ""
    place_start: int | None = None
    place_end: int | None = None
    place_reason: str = ""
    read_as: str = ""
    read_place_id: str = ""
    read_event_type: str = ""
    corrections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in one report; ``error`` says why nothing was, where the report broke a stage."""

    document: Document
    resolutions: tuple[Resolution, ...] = ()
    timexes: tuple[Timex, ...] = ()
    claims: tuple[Claim, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Claims that speak of one happening; counts of independent origins and claimants behind it."""

    event_id: str
    claim_ids: tuple[str, ...]
    headline_claim_id: str
    opposing_claim_ids: tuple[str, ...]
    n_reports: int
    independent_sources: int
    independent_claimants: int
    disputed: bool
    first_published: date | None
    last_published: date | None
