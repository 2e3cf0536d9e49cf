"""The words that tell what happened: lemma → event type, verbs apart from nouns.

Written for this project from general news usage; a word stands with the type it means most often in reports of located
happenings. Words that mean several things ("attack", "fire", "hit") stand where the rest of the sentence rarely
corrects them; ``refine`` uses what it can see in the sentence.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from geo.model import EventType
from geo.resources import resource

__all__ = ["IDIOMS", "NAMED", "NOUNS", "REPELLING", "VERBS", "fields_of", "refine"]

# Verbs with a particle that tell no happening of the kind that the verb alone tells.
IDIOMS = frozenset(
    {
        "die down",
        "die out",
        "shake off",
        "fire up",
        "break down",
        "take over",
        "hold up",
        "kick off",
        "give up",
        "set up",
    }
    | {"cut off", "come on", "go on", "carry on", "carry out", "break out", "come out", "rise to", "turn out"}
) - {"give up"}


# What is repelled is told of by who repels it; two sides may say so of each other.
REPELLING = frozenset("repel repulse thwart foil".split()) | {"beat off", "beat back", "fend off", "hold off"}


def _table(words: dict[EventType, str]) -> dict[str, EventType]:
    return {word.replace("_", " "): kind for kind, text in words.items() for word in text.split()}


VERBS = _table(
    {
        EventType.BATTLE: """fight battle clash repel repulse assault attack counterattack ambush skirmish besiege
            storm thwart resist engage invade push push_out push_back drive_out drive_away beat_off beat_back
            hold_off advance outflank encircle rage fend_off pin_down overpower mutiny infiltrate""",
        EventType.STRIKE: """rain shell bombard bomb strike pound target shoot_down intercept launch fire explode
            detonate blast hit rocket strafe""",
        EventType.CONTROL_CHANGE: """capture recapture seize retake liberate occupy reoccupy annex conquer take
            take_back win_back hand_over give_up yield regain reclaim recover control free cede surrender fall
            overrun secure hold reconquer lose raise oust depose overthrow topple""",
        EventType.WITHDRAWAL: """withdraw retreat abandon pull_back pull_out withdraw_from evacuate_troops flee
            leave regroup retire quit vacate""",
        EventType.VIOLENCE_AGAINST_CIVILIANS: """massacre kidnap abduct torture rape execute behead murder stab
            shoot gun_down lynch rob assassinate hostage deport loot mug slaughter hack terrorise terrorize beat
            harass molest assail hijack traffic""",
        EventType.PROTEST: """protest rally march demonstrate riot chant boycott picket strike_work occupy_square
            blockade barricade gather disperse mob jeer heckle""",
        EventType.DISASTER: """flood erupt shake tremble burst overflow inundate burn rage_fire spread sweep quake
            submerge landslide blaze engulf infect sicken outbreak batter lash swamp spew belch douse extinguish
            swell rise thaw buckle freeze strand snow pour lightning ignite smoulder smolder drench""",
        EventType.ACCIDENT: """crash derail collide capsize sink overturn collapse plunge plow plough veer drown
            skid leak ram slam topple_over roll_over come_off crush overload run_into spill list founder
            jackknife malfunction""",
        EventType.DAMAGE: """destroy damage wreck flatten demolish ruin raze cripple rupture sever shatter
            uproot disrupt gut char knock_out tear wash_away sweep_away smash break cut pollute contaminate blacken
            tear_off rip scorch torch vandalise vandalize crack collapse_roof""",
        EventType.CASUALTIES: """kill injure wound die perish hurt maim dead treat hospitalise hospitalize bury
            succumb claim_lives recover_body choke suffocate""",
        EventType.AID: """give provide supply deliver donate send_aid rescue distribute assist feed vaccinate airlift
            pledge_aid arm rebuild repair pluck search save resuscitate immunise immunize airdrop fund
            hand_out winch comb""",
        EventType.MOVEMENT: """move go_into pull_into deploy redeploy enter cross arrive reach mass amass transfer
            displace return travel sail head_for relocate station send evacuate shelter fly drive ferry divert reroute
            head go come dock anchor land patrol escort depart set_out turn_back roll pass_through stay camp drift
            migrate resettle rehouse repatriate bus transport haul tow steam carry bring ground
            stream trek walk ride""",
        EventType.STATEMENT: """visit meet speak tour negotiate sign inaugurate discuss hold_talks attend brief address
            unveil inspect host receive greet lay_wreath commemorate honour honor confer mediate""",
        EventType.OTHER: """consolidate vote elect close reopen mobilise mobilize suspend impose lift halt hang arrest
            detain charge jail sentence imprison convict raid search_house confiscate open shut cancel postpone
            ban fine count tally investigate sue remand question try plead
            stop delay quarantine restrict isolate test seize_drugs block restore resume
            lock surround guard cordon""",
    }
)

NOUNS = _table(
    {
        EventType.BATTLE: """fighting battle clash combat offensive counteroffensive counter-offensive assault
            attack invasion incursion siege firefight skirmish advance progress insurgency ambush frontline
            gunfire gunfight gunbattle shootout mutiny hostilities ceasefire truce cease-fire""",
        EventType.STRIKE: """shelling bombing bombardment airstrike strike barrage explosion blast mortar rocket
            salvo""",
        EventType.CONTROL_CHANGE: """gain capture recapture liberation seizure annexation takeover conquest
            occupation fall coup putsch handover""",
        EventType.WITHDRAWAL: "withdrawal retreat pullback pullout regrouping drawdown",
        EventType.VIOLENCE_AGAINST_CIVILIANS: """massacre killing kidnapping abduction torture execution murder
            shooting stabbing rape robbery assassination genocide atrocity violence reprisal bloodshed
            hostage gunman killer intimidation arson""",
        EventType.PROTEST: """protest demonstration rally march riot unrest sit-in strike_action picket protester
            demonstrator marcher blockade roadblock barricade vigil_protest walkout stoppage striker banner chant
            procession""",
        EventType.DISASTER: """earthquake quake aftershock flood flooding storm hurricane typhoon cyclone tornado
            landslide mudslide wildfire fire blaze eruption tsunami drought heatwave avalanche outbreak epidemic
            pandemic cholera magnitude rainfall monsoon ash lava smoke flame inferno snowfall blizzard
            downpour rain surge gale floodwater heat temperature ebola measles dengue landfall tremor
            embankment gust snowdrift snow hail magma crater epicentre epicenter infection virus debris mud hunger
            famine wind swell spark ember lightning plume vent crops harvest malnutrition""",
        EventType.ACCIDENT: """crash accident collision derailment collapse spill capsizing stampede wreck crush
            leak pile-up pileup sinking mishap wreckage brake ravine locomotive runway rails engine_failure gorge""",
        EventType.DAMAGE: """damage destruction blackout outage devastation rubble ruin scar pollution slick
            contamination""",
        EventType.CASUALTIES: """casualty death fatality victim injury toll corpse body dead wounded injured wound
            burns coffin mortuary morgue funeral burial patient survivor bruise concussion fracture ambulance
            condition hospital""",
        EventType.AID: """aid relief assistance rescue delivery shipment supplies donation vaccination rescuer
            tarpaulin ration searcher salvage airlift vaccine food rice grain medicine tent blanket donor kit
            volunteer clinic helicopter""",
        EventType.MOVEMENT: """deployment movement arrival exodus displacement refugee troops_movement crossing
            regrouping evacuation convoy departure evacuee return flight""",
        EventType.STATEMENT: """visit speech summit meeting talks talk negotiation ceremony conference inauguration
            address handshake banquet communique communiqué statement agreement deal accord pact mourning
            condolence wreath delegation envoy ambassador counterpart mediator observer""",
        EventType.OTHER: """election mobilisation mobilization curfew referendum operation arrest detention raid
            closure ban ballot polling vote trial court hearing investigation inquiry probe inquest sentence
            roadworks checkpoint""",
    }
)

NAMED = "*name*"
"""Stands among a verb's arguments for an object that is a proper name ("took Acre")."""

_TERRITORY = frozenset(
    "town towns city cities village villages settlement settlements territory territories area areas region regions "
    "land km kilometre kilometres kilometer kilometers mile miles district districts capital island control bastion "
    "stronghold hub center centre country province base border republic flag flags positions".split()
) | {NAMED}
_FORCES = frozenset(
    "force forces troop troops soldier soldiers army military fighter fighters unit units brigade militant militants "
    "rebel rebels militia combatants insurgents convoy tank tanks".split()
)
_CIVILIAN = frozenset(
    "civilian civilians villager villagers resident residents journalist journalists student students teacher woman "
    "women man men child children girl girls boy boys suspect suspects worker workers priest activist activists".split()
)
_SUPPLIES = frozenset(
    "arms weapons weapon aid supplies food medicine ammunition missiles tanks relief money help".split()
)
_WATER = frozenset("river rivers rain rains water waters dam flood floodwaters storm wind winds tide waves".split())
_MUNITIONS = frozenset("shell shells rocket rockets missile missiles bomb bombs drone drones mortars".split())
_FLAMES = frozenset(
    "fire fires flame flames blaze smoke ash lava embers wildfire virus disease cholera outbreak".split()
)
_VEHICLES = frozenset("bus coach car truck lorry taxi van vehicle minibus carriage wagon plane aircraft driver".split())
_RAILS = frozenset("rails rail track tracks road runway lane carriageway".split())
_BUILT = frozenset(
    "house houses home homes building buildings window windows bridge bridges road roads line lines cable cables power "
    "pipeline pipe shop shops car cars vehicle vehicles roof roofs wall walls car school schools truck pickup".split()
)
_CROWDS = frozenset("people residents protesters crowd crowds students workers supporters hundreds thousands".split())
_SEEKERS = frozenset("rescuers rescuer firefighters divers divers boats helicopters crews volunteers survivors".split())
_LOOT = frozenset(
    "cash drugs cocaine cannabis methamphetamine firearms vehicles goods kilograms phones documents".split()
)
_BODIES = frozenset("body bodies corpse corpses remains".split())
_ABSTRACT = frozenset("line front government talks economy currency deal effect coalition negotiations".split())


@dataclass(frozen=True, slots=True)
class _Rule:
    """What verbs mean if one of ``words`` is among their arguments, and otherwise; None is no happening.

    Of several rules for one verb the first that holds counts, and where none does the last one's ``otherwise``.
    """

    verbs: frozenset[str]
    words: frozenset[str]
    then: EventType | None
    otherwise: EventType | None


def _rule(verbs: str, words: frozenset[str], then: EventType | None, otherwise: EventType | None) -> _Rule:
    return _Rule(frozenset(v.replace("_", " ") for v in verbs.split()), words, then, otherwise)


_RULES = (
    _rule("take lose hold recover secure raise", _TERRITORY, EventType.CONTROL_CHANGE, None),
    _rule("fall rain", _MUNITIONS, EventType.STRIKE, None),
    _rule("fall roll go", _VEHICLES, EventType.ACCIDENT, None),
    _rule("fall", _TERRITORY, EventType.CONTROL_CHANGE, None),
    _rule("leave come go", _RAILS, EventType.ACCIDENT, EventType.MOVEMENT),
    _rule("leave flee regroup return", _FORCES, EventType.WITHDRAWAL, EventType.MOVEMENT),
    _rule("launch fire hit strike", _WATER, EventType.DISASTER, EventType.STRIKE),
    _rule("target", _CIVILIAN, EventType.VIOLENCE_AGAINST_CIVILIANS, EventType.STRIKE),
    _rule("attack", _CIVILIAN, EventType.VIOLENCE_AGAINST_CIVILIANS, EventType.BATTLE),
    _rule("abandon", _FORCES | _TERRITORY, EventType.WITHDRAWAL, None),
    _rule("collapse", _ABSTRACT, None, EventType.ACCIDENT),
    _rule("hand_over", _TERRITORY, EventType.CONTROL_CHANGE, None),
    _rule("give fund", _SUPPLIES, EventType.AID, None),
    _rule("send", _SUPPLIES, EventType.AID, EventType.MOVEMENT),
    _rule("sweep rise swell pour spread", _WATER | _FLAMES, EventType.DISASTER, None),
    _rule("enter reach cross send carry", _WATER | _FLAMES, EventType.DISASTER, EventType.MOVEMENT),
    _rule("break cut", _BUILT, EventType.DAMAGE, None),
    _rule("raise control", _TERRITORY, EventType.CONTROL_CHANGE, None),
    _rule("beat", _CIVILIAN, EventType.VIOLENCE_AGAINST_CIVILIANS, None),
    _rule("gather", _CROWDS, EventType.PROTEST, None),
    _rule("search comb", _SEEKERS, EventType.AID, EventType.OTHER),
    _rule("seize", _LOOT, EventType.OTHER, EventType.CONTROL_CHANGE),
    _rule("push", _WATER | _FLAMES, EventType.DISASTER, EventType.BATTLE),
    _rule("recover", _BODIES, EventType.CASUALTIES, EventType.CONTROL_CHANGE),
    _rule("burn", _BUILT, EventType.DAMAGE, EventType.DISASTER),
)
_RULES_OF = {verb: [r for r in _RULES if verb in r.verbs] for rule in _RULES for verb in rule.verbs}


@cache
def fields_of(word: str) -> frozenset[str]:
    """Return what a word (a lemma in lower case) is about: "mortar" is a weapon fired from afar; empty for most words.

    The fields stand in ``geo/data/fields.txt``: for words of which no single one is met often enough to weigh.
    """
    return _fields().get(word, frozenset())


@cache
def _fields() -> Mapping[str, frozenset[str]]:
    by_word: dict[str, set[str]] = {}
    for line in resource("data/fields.txt").read_text(encoding="utf-8").splitlines():
        field, _, words = line.partition(": ")
        for word in () if line.startswith("#") else words.split():
            by_word.setdefault(word, set()).add(field)
    return {word: frozenset(fields) for word, fields in by_word.items()}


def refine(kind: EventType, lemma: str, arguments: Collection[str]) -> EventType | None:
    """Return the type after a look at the words that hang on the trigger, or None where it is no happening at all.

    ``arguments`` are the lower-case words of its subject and objects, with ``NAMED`` for an object that is a name.
    """
    rules = _RULES_OF.get(lemma, [])
    for rule in rules:
        if rule.words & set(arguments):
            return rule.then
    return rules[-1].otherwise if rules else kind
