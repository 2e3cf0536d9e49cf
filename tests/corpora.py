"""Made corpora with known truth: wire stories, their reprints, and independent reports of the same events.

All of it is invented: places and people are made of syllables, sentences of a small grammar. Independent reports of one
event share what such reports share: quotes with their attribution, figures, names, a standing paragraph of background.
Reprints are what outlets make of a wire story: cut, reordered, reworded, retitled, set into a page. None of the changes
knows how copies are found.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from geo.documents import make_document
from geo.model import Document

__all__ = ["KINDS", "Made", "make_corpus"]

_DAY = date(2031, 3, 3)
_VOICE = 0.35  # of the words of the grammar, changed by each outlet of its own accord; two that tell of one event then
# have .06 of their 3-grams in common, somewhat more than real ones
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


@dataclass(frozen=True, slots=True)
class Made:
    """A made report: ``story`` is shared by copies, ``event`` by all that tell of one event; ``kind`` of KINDS or ''."""

    document: Document
    story: int
    event: int
    kind: str


@dataclass(frozen=True, slots=True)
class _Country:
    name: str
    capital: str
    president: str
    demonym: str
    background: list[str]


@dataclass(frozen=True, slots=True)
class _Event:
    """What happened: the slots of the grammar and the statements that were made."""

    number: int
    slots: dict[str, str]
    quotes: list[str]
    background: list[str]
    day: date


@dataclass(slots=True)
class _Page:
    title: str
    paragraphs: list[list[str]]  # of sentences
    credit: str = ""
    dateline: str = ""
    chrome: tuple[list[str], list[str]] = field(default_factory=lambda: ([], []))

    def text(self) -> str:
        """Return the page as its reader copies it."""
        body = [" ".join(sentences) for sentences in self.paragraphs if sentences]
        if self.dateline and body:
            body[0] = f"{self.dateline} {body[0]}"
        top, bottom = self.chrome
        return "\n\n".join([*top, self.title, *body, *([self.credit] if self.credit else []), *bottom])


# --- words ---

_ONSETS = "b br d dr f g gr h j k kl kr l m n p pr r s sh sk st t tr v vel vor z zh".split()
_VOWELS = "a e i o u ai ei ou".split()
_CODAS = "k l m n r s t sk nd rn lt v".split()

_THINGS = {
    "flood": (
        "flood|flooding|high water|deluge",
        "swept through|inundated|poured into|submerged parts of",
        "river dykes|sandbag walls|storm drains|low-lying streets",
    ),
    "fire": (
        "fire|blaze|inferno|conflagration",
        "tore through|gutted buildings in|raged across|burned whole streets of",
        "timber yards|warehouse roofs|gas bottles|a paint store",
    ),
    "quake": (
        "earthquake|tremor|quake|seismic shock",
        "shook|jolted|rattled|hit",
        "brick chimneys|old facades|a school wing|water mains",
    ),
    "clash": (
        "fighting|clashes|gun battles|firefights",
        "broke out in|engulfed|reached|flared around",
        "armoured vehicles|a police post|trench lines|a grain elevator",
    ),
    "protest": (
        "protest|demonstration|march|rally",
        "filled|brought to a halt|spread through|choked",
        "shop shutters|tram lines|the town hall steps|barricades of tyres",
    ),
    "crash": (
        "train crash|derailment|rail accident|collision",
        "happened outside|stunned|occurred near|cut off",
        "two carriages|a level crossing|overhead lines|a signal box",
    ),
    "outbreak": (
        "outbreak|epidemic|wave of infections|disease",
        "took hold in|spread across|alarmed|overwhelmed clinics in",
        "hospital wards|village wells|field tents|cold-storage rooms",
    ),
    "landslide": (
        "landslide|mudslide|collapse of a hillside|rockfall",
        "buried houses in|crashed down on|blocked the road to|struck",
        "retaining walls|a bus shelter|mountain roads|a row of garages",
    ),
}
_LEAD = [
    "{A|The|An unexpected} <thing> <hit> <town> {on|late on|early on} <weekday>, {killing at least|leaving|claiming the lives of} <dead> {people|residents|men and women} "
    "{and forcing|and driving|while driving} <fled> {others from their homes|more to seek shelter|to leave}, {officials|authorities|rescue services|local leaders} {said|reported|announced}.",
    "{At least|No fewer than|Some} <dead> people {died|were killed|lost their lives} {when|after|as} {a|the} <thing> <hit> <town>, {a|the} <adj> {town|city|settlement} {in|of} <region>, on <weekday>.",
    "{Rescuers|Soldiers|Volunteers|Emergency crews} {searched|combed|worked through} {the ruins of|streets in|the edges of} <town> {on|throughout} <weekday> {after|following} a <thing> {which|that} {killed|had killed|took} <dead> {people|lives}.",
    "<town>, {home to|with its|a place of} <people> {people|inhabitants}, {counted|mourned|buried} <dead> dead {on|by} <weekday> {in the wake of|after} {the|a} {worst|deadliest|heaviest} <thing> {in a generation|for decades|that anyone could recall}.",
    "{The government of|Authorities in} <country> {declared|proclaimed|ordered} {an emergency|a state of emergency|special measures} in <region> on <weekday> {after|when|because} a <thing> <hit> <town>, {with|leaving} <dead> {reported dead|confirmed deaths}.",
    "{More than|Over|Around} <fled> people {fled|left|abandoned} <town> {before dawn|overnight|within hours} as {the|a} <thing> <hit> the {northern|eastern|older|lower} {districts|quarters|half} of {the town|the place}, {where|in which} <dead> {perished|were found dead}.",
]
_FACTS = [
    [
        "<official>, <role>, {told|briefed|said to} {reporters|journalists|the press} {that|how} <fled> people {had been|were} {moved|taken|brought} to {schools|sports halls|churches|barracks} {in|around} <neighbour>.",
        "{Shelters|Camps|Gyms} {opened|were set up|stood ready} in <neighbour> for {some|about|up to} <fled> {evacuees|displaced residents|homeless families}, {according to|said} <official>, <role>.",
        "{About|Roughly|An estimated} <fled> {residents|townspeople|locals} {spent|passed} the night in <neighbour>, {where|and} {the Red Cross|aid workers|parish groups} {handed out|gave away|distributed} {blankets|soup|bread and water}.",
        "In <neighbour>, {an hour's drive|a short way|one valley} {away|to the south|downstream}, {every|each} {hotel|guest house|spare bed} {was taken|had been filled} by those who {escaped|got out}, <fled> {in all|by the count of volunteers}.",
    ],
    [
        "{The|Local} <hospital> {hospital|clinic|infirmary} {was treating|had admitted|took in} <hurt> {injured|wounded|patients}, {among them|including} {children|firefighters|two nurses|several pensioners}.",
        "{Doctors|Surgeons|Medical staff} at {the|a} <hospital> {hospital|clinic} {said|explained} {they had|it had} {received|counted|operated on} <hurt> people, {many|some} {in a critical condition|with broken bones|gravely hurt}.",
        "<hurt> {people|others} {were hurt|needed treatment|suffered injuries}, {the health ministry|a health official|the ambulance service} {said|added|noted}, and {blood donors|helicopters|extra surgeons} {were called|had been requested} {from|out of} <capital>.",
        "{Ambulances|Buses|Army lorries} {ferried|carried|drove} <hurt> {casualties|injured survivors} {over|along} {damaged|blocked|muddy} roads to {the|a} <hospital> {wards|hospital} {in|at} <neighbour>.",
    ],
    [
        "{Damage|The cost|Losses} {could reach|may come to|will exceed} <cost> million {crowns|dollars|marks}, {the finance ministry|insurers|an early estimate} {said|suggested}, {not counting|leaving out} <object>.",
        "<object|cap> {were among what was lost|had gone|lay in pieces}, and {the mayor's office|assessors|the chamber of trade} {put|set|reckoned} {the bill|the damage} at <cost> million {dollars|crowns}.",
        "{Insurers|Economists|Accountants} {in|from} <capital> {spoke of|expected|feared} a {bill|loss} of <cost> million, {enough to|which would} {wipe out|swallow} {the region's|a year's} {budget|income from farming}.",
    ],
    [
        "{President|The president,} <president> {cut short|broke off|postponed} {a trip abroad|a holiday|a summit} {and|to} {flew|travelled|headed} to <region>, {promising|pledging|vowing} {help|compensation|that nobody would be left alone}.",
        "{From|Speaking in|In} <capital>, <president> {promised|offered|pledged} {families|households|victims} {of the dead|who lost relatives} <grant> {crowns|dollars} {each|apiece} {and|as well as} {three days|a day} of mourning.",
        "<president> {visited|toured|walked through} {the|what was left of the} {market square|harbour|old quarter|station district} {under guard|without cameras|in the rain}, {shaking hands|listening to complaints|saying little}.",
        "{Critics|Opponents|Members} {of|in} <president>'s {own party|government|cabinet} {asked|wanted to know|demanded an answer} why {warnings|reports|letters} {from|sent by} <region> {had been|were} {ignored|filed away|left unread} {for months|since autumn}.",
    ],
    [
        "{Power|Electricity|Telephone lines} {failed|was out|went down} {in|across} <n1> {villages|hamlets|districts}, {and|while} {water|drinking water|gas} {had to be|was} {rationed|trucked in|boiled} {near|around} <neighbour>.",
        "{Engineers|Linesmen|Crews} {restored|brought back} {power|current} to {half|two thirds|most} of <n1> {villages|communities} {that|which} {had been|were} {cut off|in the dark} since <weekday>.",
        "{Without|Lacking} {power|mains water|heating}, {people in|families across} <n1> {villages|settlements} {cooked|slept|waited} {outdoors|by candlelight|in their cars}, {a|one} {relief worker|teacher|priest} {recounted|said}.",
    ],
    [
        "{Investigators|Prosecutors|A commission} {began|opened|announced} an inquiry into {why|how|whether} {sirens|warnings|inspections} {failed|came late|were missing}; {a report|findings|first results} {is due|are expected|should follow} in <n1> {weeks|days}.",
        "{The cause|What caused it|The trigger} {was not known|remained unclear|is disputed}, {but|though} {a|one} {geologist|retired officer|union leader|professor} {at|from} {the university of|} <capital> {blamed|pointed to|cited} {neglect|cuts|bad planning}.",
        "{Police|Detectives|Military police} {questioned|detained|interviewed} {the director|two managers|a contractor} of {the|a} {company|firm|depot} {that|which} {maintained|owned|ran} <object> {near|outside} <town>.",
    ],
    [
        "{The road|The railway|The only bridge} {between|linking} <town> and <neighbour> {stayed closed|was impassable|remained shut}, {leaving|with} {lorries|trains|farmers} {stranded|queuing|waiting} for <n1> kilometres.",
        "{Trains|Freight|Coaches} {to|bound for} <capital> {were diverted|turned back|ran hours late} {because|as} {the line|track} {at|near} <neighbour> {had buckled|lay under rubble|was under repair}.",
        "{Bulldozers|Diggers|Engineers} {cleared|opened} {one lane|a single track} {towards|to} <neighbour> {by|before} {noon|nightfall|dusk}, {the transport ministry|a road official} {said|announced}.",
    ],
    [
        "{Neighbouring states|Foreign governments|Three countries} {sent|offered|dispatched} {sniffer dogs|pumps|field kitchens|medicine}, {and|while} {the United Nations|an aid agency|a relief fund} {released|set aside} <cost> million {for|towards} {shelter|food|repairs}.",
        "{Aid|Help|A convoy} {from abroad|of <n1> lorries|with tents} {reached|arrived in|got through to} <neighbour> {after|following} {a delay|hours} at {the border|customs}, {drivers|the organisers} {complained|said}.",
    ],
    [
        "{Forecasters|Analysts|Experts} {warned|feared|predicted} {that more was to come|of worse ahead|a second wave} {by|before} {the weekend|the end of the week}, {with|as} <region> {most exposed|again at risk}.",
        "{It was|This was} the {third|second|fifth} {such|comparable} {disaster|event|episode} in <region> {within|in} <n1> years, {after|following} {one|that} {in|of} {the spring|the autumn} {that|which} {took|cost} {a dozen|several} lives.",
        "{Long before|Years before} <weekday>, {planners|local historians|older residents} {had warned|used to say} {that|how} <town> {was built|stood} {too low|too close to the hills|on bad ground}.",
    ],
    [
        "<witness>, {a|who is a} <job> {from|living in} <town>, {recalled|described|remembered} {a roar|a flash|shouting|a smell of smoke} {and then|followed by} {silence|screams|darkness}, {and|before} {ran|he ran|pulling neighbours} {uphill|to the church|out of doors}.",
        "{For|To} <witness>, {a|the} <job>, {the worst|what stays} {was|is} {the waiting|not knowing|the quiet}; {her|his} {brother|daughter|house|shop} {was|had been} {found|saved|lost} {only|just} {at dawn|hours later}.",
        "{A|One} <job> {named|called} <witness> {lost|buried|was looking for} {everything|a son|two cousins} {and|but} {refused|did not want} {to leave|to be moved} {until|before} {the search|the count} {was over|had ended}.",
    ],
]
_ADJECTIVES = (
    "old wet broken heavy narrow bright rusty borrowed quiet tall empty painted bitter clumsy damp early faded gentle hollow "
    "idle jagged lonely muddy noisy oily patient ragged silent torn unpaid vague warm young crooked dusty elegant foreign "
    "greasy humble icy loyal modest nervous odd polite rural shabby tired useful wooden anxious brass copper leather plastic "
    "yellow striped southern hungry cautious stubborn forgotten half-built unlit second-hand"
).split()
_NOUNS = (
    "baker bicycle stationmaster taxi widow band shopkeeper choir dog surveyor tractor postman wedding student bell fishmonger "
    "nun caretaker goat radio beehive watchman lantern tanner ferry chess seamstress undertaker porter apple ledger clock "
    "candle wire portrait pram heron cement piano flag honey card spoon pipe map net mattress suitcase bench window sheepskin "
    "ink stove wheelchair potato birdcage saddle bakery viaduct cathedral tram canal cinema market bathhouse tannery chapel "
    "mill depot cemetery brewery kiln orchard ladder curtain violin barrel glove anchor furnace notebook umbrella"
).split()
_VERBS = (
    "carried counted dragged repaired watched photographed hid sold wrapped borrowed tasted measured swept inherited abandoned "
    "guarded divided returned polished buried unloaded traded tested covered praised ignored followed passed mended weighed"
).split()
_PLACES = "behind under beside along near outside beneath by opposite in among at over inside past towards".split()
_TAILS = "as while until because although since when before after unless".split()
_QUOTES = [
    "We {heard|felt} {it|everything} {before we saw it|in our bones} and {then|after that} {there was nothing|the whole street was gone}, and {I thought|we all thought} of {nobody but|only} the {children|old people}",
    "{Nobody|No minister|Not one person} {came|called|asked} {for two days|until today}, and {now|suddenly} {they|all of them} {want|need} {photographs|us to be grateful|a handshake}",
    "{Our|The} {first|only} {duty|task} is to {the living|those still under the rubble|the families}, and {we will not|no one here will} {rest|stop} {until|before} {the last of them|every one of them} is {accounted for|home}",
    "{This|What we see} is {not|no} {an accident|a surprise} but {the result|the price} of {twenty|thirty} years of {looking away|saving in the wrong place}, and {everyone|anyone} in {office|government} {knew|could have known} it",
    "{I have|We have} {seen|lived through} {wars|bad winters|many things}, but {never|not once} {such|a night of such} {fear|noise|helplessness}, {and I hope|God willing} {nobody|my grandchildren} will {see|know} it again",
    "{Money|A cheque} {will not|does not} {bring back|replace} {a mother|a home}, {yet|but} without {it|help} {by spring|this month} {half|most} of {us|the town} will {have to go|be gone for good}",
    "{There is|We have} {enough|plenty of} {bread|water} for {three|four|five} days {and|but} {not|hardly} {a single|one} {working|usable} {pump|generator}, so {please|I beg you} {send|bring} {engineers|diesel}, not {speeches|flowers}",
]
_BACKGROUND = [
    "<country> {has|, a land of <n1> provinces, has} {struggled|wrestled} with {unrest|poverty|bad harvests} since {the fall of|independence under} <president>'s {predecessor|uncle} in <year>.",
    "{The upland|The coastal} provinces, {which|that} {produce|hold} most of its {copper|timber|wheat}, {voted|have voted} {against|to leave} {the union|the federation} {twice|three times} {in ten years|since <year>}.",
    "{A ceasefire|A treaty|An accord} {signed|reached} in <capital> {in|during} <year> {has been|was} {broken|ignored} {by both sides|again and again}, {monitors|observers} {say|report}.",
]
_CHROME_TOP = [
    "<outlet> {Home|Front} {News|World} {Weather|Sport} {Video|Audio}",
    "Skip to main content",
    "You have <n1> free articles left this {month|week}, create an account at <outlet> to keep reading without limits",
]
_CHROME_BOTTOM = [
    "Sign up for the <outlet> morning {briefing|letter} and never miss a story",
    "Stay with <outlet> for {live coverage|updates} of this and other stories from {the region|around the world}, {day and night|every hour}.",
    "<outlet> is {published|owned} by {a foundation|a trust} that {takes no money from|is independent of} {governments|parties}, and its {reporters|editors} {choose|decide} what they {cover|write} {alone|by themselves}.",
    "{Our readers|Subscribers} {can write|may send corrections} to {the editor|the newsroom} of <outlet> {by post|at any time}, and {letters|comments} may be {shortened|edited} before they {appear|are printed}.",
    "Related articles",
]
_HEADLINES = [
    "<town> counts its dead after <thing>",
    "<dead> killed as <thing> {hits|strikes} <region>",
    "<president> under pressure over <town> <thing>",
    "Night of fear in <town>",
    "<country>: {hundreds|thousands} homeless after <thing> in <region>",
    "'Nobody came': <town> {waits|cries out} for help",
    "What we know about the <thing> in <town>",
]
_SYNONYMS = [
    "said stated declared",
    "told informed",
    "reported announced",
    "killed slain",
    "killing slaying",
    "people persons individuals",
    "residents inhabitants locals",
    "officials functionaries",
    "authorities officials",
    "late tardily",
    "early soon",
    "town township",
    "city municipality",
    "homes houses dwellings",
    "forcing compelling",
    "driving pushing",
    "leaving abandoning",
    "others more",
    "searched scoured",
    "worked toiled",
    "ruins rubble wreckage",
    "streets roads lanes",
    "after following",
    "which that",
    "died perished",
    "lost forfeited",
    "lives souls",
    "dead deceased",
    "worst gravest",
    "deadliest bloodiest",
    "decades years",
    "emergency crisis",
    "measures steps",
    "because since as",
    "fled escaped",
    "before ahead",
    "within inside",
    "northern north",
    "eastern east",
    "older ancient",
    "lower bottom",
    "districts quarters areas",
    "moved transferred",
    "taken brought",
    "schools classrooms",
    "around about",
    "opened started",
    "ready prepared",
    "night evening",
    "families households",
    "workers staff",
    "distributed dispensed",
    "blankets covers",
    "away off",
    "hotel inn",
    "hospital clinic",
    "treating tending",
    "injured wounded hurt",
    "including among",
    "children kids youngsters",
    "several some",
    "doctors physicians medics",
    "explained clarified",
    "received got",
    "many numerous",
    "critical serious",
    "broken fractured",
    "needed required",
    "called summoned",
    "requested sought",
    "carried bore",
    "damaged battered",
    "blocked barred",
    "damage harm",
    "cost price",
    "losses deficits",
    "reach attain",
    "exceed surpass",
    "insurers underwriters",
    "expected anticipated",
    "feared dreaded",
    "bill invoice",
    "enough sufficient",
    "trip journey",
    "abroad overseas",
    "flew jetted",
    "travelled journeyed",
    "promising pledging",
    "help aid assistance",
    "compensation redress",
    "nobody none",
    "offered proposed",
    "victims casualties",
    "mourning grief",
    "visited toured",
    "square plaza",
    "harbour port",
    "rain drizzle",
    "listening hearing",
    "complaints grievances",
    "little scant",
    "critics opponents",
    "party faction",
    "government cabinet",
    "demanded insisted",
    "why how",
    "warnings alerts",
    "ignored disregarded",
    "months weeks",
    "power electricity",
    "failed collapsed",
    "villages hamlets",
    "water liquid",
    "rationed limited",
    "engineers technicians",
    "restored revived",
    "half fifty",
    "most mostly",
    "dark darkness",
    "cooked dined",
    "slept dozed",
    "waited lingered",
    "teacher tutor",
    "priest cleric",
    "investigators detectives",
    "began commenced",
    "inquiry probe investigation",
    "late delayed",
    "missing absent",
    "report account",
    "due awaited",
    "cause reason",
    "unclear uncertain",
    "blamed faulted",
    "neglect carelessness",
    "cuts reductions",
    "police officers",
    "questioned quizzed",
    "detained held",
    "company firm",
    "owned possessed",
    "closed shut",
    "railway railroad",
    "bridge crossing",
    "lorries trucks",
    "farmers growers",
    "trains services",
    "diverted rerouted",
    "line track",
    "cleared emptied",
    "nightfall dusk",
    "sent dispatched",
    "medicine drugs",
    "released freed",
    "shelter refuge",
    "food provisions",
    "repairs mending",
    "convoy column",
    "reached made",
    "delay holdup",
    "border frontier",
    "warned cautioned",
    "predicted foretold",
    "second next",
    "weekend week",
    "exposed vulnerable",
    "disaster catastrophe",
    "such similar",
    "built erected",
    "close near",
    "hills slopes",
    "described depicted",
    "recalled remembered",
    "silence quiet",
    "screams shrieks",
    "neighbours locals",
    "waiting delay",
    "house home",
    "shop store",
    "found discovered",
    "saved rescued",
    "hours ages",
    "refused declined",
    "leave depart",
    "search hunt",
    "over done",
    "counted tallied",
    "old aged",
    "broken smashed",
    "empty vacant",
    "behind beyond",
    "beside by",
    "along down",
    "near close",
    "under beneath",
    "while whilst",
    "until till",
    "with having",
    "although though",
    "big large",
    "small little",
    "first initial",
    "only just",
    "every each",
    "but yet",
    "from out-of",
    "in inside",
    "on upon",
    "at by",
    "and plus",
    "had has",
    "were are",
    "was is",
    "to towards",
    "for toward",
    "a one",
    "the that",
    "of off",
    "as when",
]
_ADVERBS = "reportedly meanwhile apparently also by then again in fact for now at first once more still".split()


def _synonyms() -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for line in _SYNONYMS:
        words = line.replace("-", " ").split() if " " not in line else line.split()
        for word in words:
            table.setdefault(word, []).extend(w.replace("-", " ") for w in words if w != word)
    return table


_TABLE = _synonyms()


def _grow(rng: random.Random, template: str, slots: dict[str, str]) -> str:
    """Return a template with one of each {a|b} chosen and its <slots> filled."""
    while re.search(r"\{[^{}]*\}", template):
        template = re.sub(r"\{([^{}]*)\}", lambda m: rng.choice(m[1].split("|")), template)
    text = re.sub(r"<(\w+)(\|cap)?>", lambda m: _slot(rng, slots[m[1]], m[2]), template)
    text = re.sub(r"\s+([,;.])", r"\1", re.sub(r"\s+", " ", text)).strip()
    return text[0].upper() + text[1:]


def _slot(rng: random.Random, value: str, cap: str | None) -> str:
    chosen = rng.choice(value.split("|"))
    return chosen[0].upper() + chosen[1:] if cap else chosen


def _name(rng: random.Random, syllables: int = 2) -> str:
    word = "".join(rng.choice(_ONSETS) + rng.choice(_VOWELS) for _ in range(syllables)) + rng.choice(_CODAS)
    return word.capitalize()


def _person(rng: random.Random) -> str:
    return f"{_name(rng, 1)} {_name(rng)}"


# --- events and their reports ---


def _country(rng: random.Random) -> _Country:
    name = _name(rng) + "ia"
    country = _Country(name, _name(rng), _person(rng), name + "n", [])
    slots = {"country": name, "capital": country.capital, "president": country.president.split()[1]}
    slots |= {"year": str(rng.randrange(1991, 2024)), "n1": str(rng.randrange(3, 30))}
    country.background.extend(_grow(rng, template, slots) for template in _BACKGROUND)
    return country


def _event(rng: random.Random, number: int, country: _Country) -> _Event:
    kind = rng.choice(sorted(_THINGS))
    thing, hit, objects = _THINGS[kind]
    day = _DAY + timedelta(days=rng.randrange(60))
    slots = {
        "thing": thing,
        "hit": hit,
        "object": objects,
        "town": _name(rng),
        "neighbour": _name(rng),
        "region": _name(rng) + rng.choice([" province", " district", " valley", " county"]),
        "country": country.name,
        "capital": country.capital,
        "president": country.president.split()[1],
        "official": _person(rng),
        "role": rng.choice(
            ["the provincial governor", "head of civil defence", "the deputy mayor", "an army spokesman"]
        ),
        "weekday": _WEEKDAYS[day.weekday()],
        "hospital": _name(rng),
        "dead": str(rng.randrange(3, 240)),
        "hurt": str(rng.randrange(20, 900)),
        "fled": f"{rng.randrange(2, 90)},{rng.randrange(100, 1000)}",
        "people": f"{rng.randrange(4, 400)},000",
        "cost": str(rng.randrange(4, 900)),
        "grant": f"{rng.randrange(1, 50)},000",
        "adj": "quiet|remote|prosperous|walled|riverside|mining|much-bombed|hilly|once wealthy",
        "year": str(rng.randrange(1991, 2024)),
    }
    return _Event(number, slots, _statements(rng, slots), country.background, day)


def _statements(rng: random.Random, slots: dict[str, str]) -> list[str]:
    speakers = [slots["official"], _person(rng), slots["president"], _person(rng), _person(rng)]
    says = ["said", "told reporters on <weekday>", "told a news conference in <capital>", "wrote on social media"]
    chosen = rng.sample(_QUOTES, 5)
    return [
        _grow(rng, f'"{quote}," {{{speaker}}} {rng.choice(says)}.', slots)
        for quote, speaker in zip(chosen, speakers, strict=True)
    ]


def _colour(rng: random.Random) -> str:
    """Return a sentence that no other report has: of the observer's own eye, not of the event."""
    subject, thing, place, last = (_noun_phrase(rng) for _ in range(4))
    verb, then = rng.sample(_VERBS, 2)
    where, tail = f"{rng.choice(_PLACES)} {place}", f"{rng.choice(_TAILS)} {last} {then} {rng.choice(_NOUNS)}s"
    orders = (
        f"{where}, {subject} {verb} {thing} {tail}.",
        f"{subject} {verb} {thing} {where}, {tail}.",
        f"{tail}, {subject} {verb} {thing} {where}.",
        f"{thing} {where}: {subject} {verb} it {tail}.",
    )
    text = rng.choice(orders)
    return text[0].upper() + text[1:]


def _noun_phrase(rng: random.Random) -> str:
    words = [rng.choice(["the", "a", "one", "some", "that", "another"]), rng.choice(_ADJECTIVES), rng.choice(_NOUNS)]
    return " ".join(words if rng.random() < 0.6 else words[::2])


def _report(rng: random.Random, event: _Event) -> _Page:
    """Return an outlet's own report of an event: its choice, order and words, and the statements that all have."""
    slots = event.slots | {
        "n1": str(rng.randrange(3, 60)),
        "witness": _person(rng),
        "job": "farmer|clerk|nurse|mechanic|cook|miner",
    }
    facts = [_grow(rng, rng.choice(kind), slots) for kind in rng.sample(_FACTS, rng.randrange(6, len(_FACTS) + 1))]
    facts += [_colour(rng) for _ in range(rng.randrange(4, 12))]
    facts = [_other_words(rng, fact, _VOICE) for fact in facts]
    rng.shuffle(facts)
    quotes = rng.sample(event.quotes, rng.randrange(2, len(event.quotes) + 1))
    paragraphs = [[_other_words(rng, _grow(rng, rng.choice(_LEAD), slots), _VOICE)]]
    while facts:
        take = rng.randrange(1, 4)
        paragraphs.append(facts[:take])
        facts = facts[take:]
    for quote in quotes:
        paragraphs.insert(rng.randrange(1, len(paragraphs) + 1), [quote])
    if rng.random() < 0.4:
        paragraphs.append(list(event.background))
    return _Page(_grow(rng, rng.choice(_HEADLINES), slots), paragraphs)


# --- what outlets make of a story ---


def _whole(rng: random.Random, page: _Page) -> None:
    """Nothing but other chrome."""


def _cut(rng: random.Random, page: _Page) -> None:
    """Keep 20 to 100 % of the words: from the top, or a stretch of it."""
    wanted = rng.uniform(0.2, 1.0) * sum(len(s.split()) for p in page.paragraphs for s in p)
    first = 0 if rng.random() < 0.6 else rng.randrange(max(1, len(page.paragraphs) // 3))
    kept: list[list[str]] = []
    for paragraph in page.paragraphs[first:]:
        kept.append(paragraph)
        wanted -= sum(len(s.split()) for s in paragraph)
        if wanted <= 0:
            break
    page.paragraphs = kept


def _reordered(rng: random.Random, page: _Page) -> None:
    """Move paragraphs about, and break some up."""
    sentences = [[s] for p in page.paragraphs for s in p] if rng.random() < 0.5 else page.paragraphs
    rest = sentences[1:]
    rng.shuffle(rest)
    page.paragraphs = [sentences[0], *rest]


def _retitled(rng: random.Random, page: _Page) -> None:
    """Give it another headline, subheadings and the outlet's own first sentence."""
    page.title = _colour(rng).rstrip(".")
    page.paragraphs.insert(0, [_colour(rng)])
    for _ in range(2):
        page.paragraphs.insert(rng.randrange(1, len(page.paragraphs)), [_colour(rng).split(",")[0].rstrip(".").upper()])


def _reworded(strength: float) -> Callable[[random.Random, _Page], None]:
    def reword(rng: random.Random, page: _Page) -> None:
        """Change about that share of the words: synonyms, phrases moved, words dropped and added, figures rounded."""
        page.paragraphs = [[_other_words(rng, s, strength) for s in p] for p in page.paragraphs]

    return reword


def _other_words(rng: random.Random, sentence: str, strength: float) -> str:
    # editors rework one sentence and leave the next
    strength = min(0.9, strength * rng.uniform(0, 2))
    words: list[str] = []
    for word in sentence.split():
        words += _other_word(rng, word) if rng.random() < strength else [word]
    text = " ".join(words) or sentence
    if ", " in text and '"' not in text and rng.random() < strength:
        head, tail = text.rstrip(".").split(", ", 1)
        text = f"{tail}, {head}."
    return text[0].upper() + text[1:]


def _other_word(rng: random.Random, word: str) -> list[str]:
    bare = word.strip(".,;\"'").lower()
    if bare in _TABLE:
        other = rng.choice(_TABLE[bare])
        return [word.lower().replace(bare, other) if word.islower() else word.replace(bare, other)]
    if bare.replace(",", "").isdigit():
        return (
            ["about", word]
            if rng.random() < 0.5
            else [f"{int(bare.replace(',', '')) // 10 * 10}" + word[-1:] * (word[-1] in ",.")]
        )
    return [[], [rng.choice(_ADVERBS), word], [word]][rng.randrange(3)] if word.isalpha() and word.islower() else [word]


def _embedded(rng: random.Random, page: _Page) -> None:
    """Set about a third of the story into a page of other matter."""
    n = max(3, len(page.paragraphs) * 2 // 5)
    first = rng.randrange(max(1, len(page.paragraphs) - n))
    own = [[_colour(rng) for _ in range(rng.randrange(1, 4))] for _ in range(rng.randrange(6, 12))]
    page.paragraphs = [*own[:2], *page.paragraphs[first : first + n], *own[2:]]


def _mixed(rng: random.Random, page: _Page) -> None:
    """Cut, reorder and reword."""
    _cut(rng, page)
    _reordered(rng, page)
    _reworded(0.12)(rng, page)


_CHANGES: dict[str, Callable[[random.Random, _Page], None]] = {
    "whole": _whole,
    "cut": _cut,
    "reordered": _reordered,
    "retitled": _retitled,
    "reworded lightly": _reworded(0.10),
    "reworded": _reworded(0.25),
    "reworded strongly": _reworded(0.45),
    "embedded": _embedded,
    "mixed": _mixed,
}
KINDS = tuple(_CHANGES)
_WIRES = {
    "Reuters": ("(Reuters)", "Reporting by Reuters reporters"),
    "AFP": ("(AFP)", "Source: AFP"),
    "AP": ("(AP)", "Source: Associated Press"),
}


def make_corpus(reports: int, seed: int = 1) -> list[Made]:
    """Return about ``reports`` made reports in a shuffled order, the same for the same seed."""
    rng = random.Random(seed)
    countries = [_country(rng) for _ in range(max(2, reports // 150))]
    outlets = [_outlet(rng) for _ in range(max(12, reports // 20))]
    made: list[Made] = []
    story = 0
    for number in range(reports):
        if len(made) >= reports:
            break
        event = _event(rng, number, rng.choice(countries))
        for _ in range(rng.choice([1, 2, 2, 3, 4])):
            pages = _story_pages(rng, event, rng.sample(outlets, 10))
            made += [_made(page, day, story, number, kind, len(made) + i) for i, (page, day, kind) in enumerate(pages)]
            story += 1
    made = made[:reports]
    rng.shuffle(made)
    return made


def _outlet(rng: random.Random) -> tuple[str, list[str], list[str]]:
    name = f"{_name(rng)} {rng.choice(['Post', 'Times', 'Courier', 'Online', 'Tribune', 'Radio'])}"
    slots = {"outlet": name, "n1": str(rng.randrange(2, 9))}
    top = [_grow(rng, t, slots) for t in _CHROME_TOP if rng.random() < 0.7]
    bottom = [_grow(rng, t, slots) for t in _CHROME_BOTTOM if rng.random() < 0.7]
    return name, top, bottom


def _story_pages(
    rng: random.Random, event: _Event, outlets: list[tuple[str, list[str], list[str]]]
) -> Iterator[tuple[_Page, date | None, str]]:
    """Yield an original report and its reprints, some without a day."""
    original = _report(rng, event)
    day = event.day + timedelta(days=rng.randrange(2))
    wire = rng.choice([*_WIRES, ""])
    n = rng.choice([0, 0, 0, 1, 2, 3, 4, 6, 9])
    for place, outlet in enumerate(outlets[: n + 1]):
        page = _Page(original.title, [list(p) for p in original.paragraphs], chrome=outlet[1:])
        kind = rng.choice(KINDS) if place else ""
        if kind:
            _CHANGES[kind](rng, page)
        if wire and (not kind or rng.random() < 0.4):
            page.dateline = f"{event.slots['town'].upper()}, {day:%B} {day.day} {_WIRES[wire][0]} -"
            page.credit = _WIRES[wire][1]
        published = None if rng.random() < 0.2 else day + timedelta(days=rng.randrange(3) if kind else 0)
        yield page, published, kind


def _made(page: _Page, day: date | None, story: int, event: int, kind: str, number: int) -> Made:
    document = make_document(f"{number:06}", page.text(), published=day)
    return Made(document, story, event, kind)
