"""The words that tell what happened: lemma → event type, verbs apart from nouns.

Written for this project from general news usage; a word stands with the type it means most often in reports of located
happenings. Words that mean several things ("attack", "fire", "hit") stand where the rest of the sentence rarely
corrects them; ``refine`` uses what it can see in the sentence.
"""

from collections.abc import Collection
from dataclasses import dataclass

from geo.model import EventType

__all__ = ["IDIOMS", "NAMED", "NOUNS", "VERBS", "refine"]

# Verbs with a particle that tell no happening of the kind that the verb alone tells.
IDIOMS = frozenset({"die down", "die out", "shake off", "fire up", "break down", "take over", "hold up", "kick off"})


def _table(words: dict[EventType, str]) -> dict[str, EventType]:
    return {word.replace("_", " "): kind for kind, text in words.items() for word in text.split()}


VERBS = _table(
    {
        EventType.BATTLE: """fight battle clash repel repulse assault attack counterattack ambush skirmish besiege
            storm thwart resist raid engage invade push push_out push_back drive_out drive_away beat_off beat_back
            hold_off advance outflank encircle rage""",
        EventType.STRIKE: """rain shell bombard bomb strike pound target shoot_down intercept launch fire explode
            detonate blast hit""",
        EventType.CONTROL_CHANGE: """capture recapture seize retake liberate occupy reoccupy annex conquer take
            take_back win_back hand_over give_up yield regain reclaim recover control free cede surrender fall
            overrun secure hold reconquer lose raise""",
        EventType.WITHDRAWAL: """withdraw retreat abandon pull_back pull_out withdraw_from evacuate_troops flee
            leave regroup retire""",
        EventType.VIOLENCE_AGAINST_CIVILIANS: """massacre kidnap abduct torture rape execute behead murder stab
            shoot gun_down detain arrest lynch rob assassinate hostage deport loot imprison mug""",
        EventType.PROTEST: "protest rally march demonstrate riot chant boycott picket strike_work occupy_square",
        EventType.DISASTER: """flood erupt shake tremble burst overflow inundate burn rage_fire spread sweep quake
            submerge landslide blaze engulf infect sicken hospitalise hospitalize outbreak batter lash""",
        EventType.ACCIDENT: """crash derail collide capsize sink overturn collapse plunge plow plough veer drown
            skid leak""",
        EventType.DAMAGE: """destroy damage wreck flatten demolish ruin raze topple cripple rupture sever shatter
            uproot disrupt gut char knock_out tear wash_away sweep_away""",
        EventType.CASUALTIES: "kill injure wound die perish hurt maim dead",
        EventType.AID: """send give provide supply deliver donate send_aid rescue distribute assist shelter feed
            evacuate treat vaccinate airlift donate pledge_aid arm rebuild repair""",
        EventType.MOVEMENT: """move go_into pull_into deploy redeploy enter cross arrive reach mass amass transfer
            displace return travel sail head_for relocate station""",
        EventType.STATEMENT: "visit meet speak tour negotiate sign inaugurate discuss hold_talks open attend",
        EventType.OTHER: "consolidate vote elect close reopen mobilise mobilize suspend impose lift halt hang",
    }
)

NOUNS = _table(
    {
        EventType.BATTLE: """fighting battle clash combat offensive counteroffensive counter-offensive assault
            attack invasion incursion siege firefight skirmish advance progress raid insurgency ambush frontline""",
        EventType.STRIKE: "shelling bombing bombardment airstrike strike barrage explosion blast",
        EventType.CONTROL_CHANGE: """gain capture recapture liberation seizure annexation takeover conquest
            occupation fall""",
        EventType.WITHDRAWAL: "withdrawal retreat pullback pullout regrouping",
        EventType.VIOLENCE_AGAINST_CIVILIANS: """massacre killing kidnapping abduction torture execution murder
            shooting stabbing rape arrest detention robbery assassination genocide atrocity""",
        EventType.PROTEST: """protest demonstration rally march riot unrest sit-in strike_action picket protester
            demonstrator""",
        EventType.DISASTER: """earthquake quake aftershock flood flooding storm hurricane typhoon cyclone tornado
            landslide mudslide wildfire fire blaze eruption tsunami drought heatwave avalanche outbreak epidemic
            pandemic cholera magnitude rainfall monsoon""",
        EventType.ACCIDENT: """crash accident collision derailment collapse spill capsizing stampede wreck crush
            leak""",
        EventType.DAMAGE: "damage destruction blackout outage devastation wreckage rubble ruin scar",
        EventType.CASUALTIES: "casualty death fatality victim injury toll corpse body dead wounded injured",
        EventType.AID: """aid relief assistance rescue delivery shipment supplies evacuation convoy donation
            vaccination""",
        EventType.MOVEMENT: """deployment movement arrival exodus displacement refugee troops_movement crossing
            regrouping""",
        EventType.STATEMENT: "visit speech summit meeting talks negotiation ceremony conference",
        EventType.OTHER: "election mobilisation mobilization curfew referendum operation",
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
    _rule("fall", _TERRITORY, EventType.CONTROL_CHANGE, None),
    _rule("leave flee regroup return", _FORCES, EventType.WITHDRAWAL, EventType.MOVEMENT),
    _rule("launch fire hit strike", _WATER, EventType.DISASTER, EventType.STRIKE),
    _rule("target", _CIVILIAN, EventType.VIOLENCE_AGAINST_CIVILIANS, EventType.STRIKE),
    _rule("attack", _CIVILIAN, EventType.VIOLENCE_AGAINST_CIVILIANS, EventType.BATTLE),
    _rule("abandon", _FORCES | _TERRITORY, EventType.WITHDRAWAL, None),
    _rule("collapse", _ABSTRACT, None, EventType.ACCIDENT),
    _rule("hand_over", _TERRITORY, EventType.CONTROL_CHANGE, None),
    _rule("give", _SUPPLIES, EventType.AID, None),
    _rule("send", _SUPPLIES, EventType.AID, EventType.MOVEMENT),
    _rule("sweep", _WATER, EventType.DISASTER, None),
)
_RULES_OF = {verb: [r for r in _RULES if verb in r.verbs] for rule in _RULES for verb in rule.verbs}


def refine(kind: EventType, lemma: str, arguments: Collection[str]) -> EventType | None:
    """Return the type after a look at the words that hang on the trigger, or None where it is no happening at all.

    ``arguments`` are the lower-case words of its subject and objects, with ``NAMED`` for an object that is a name.
    """
    rules = _RULES_OF.get(lemma, [])
    for rule in rules:
        if rule.words & set(arguments):
            return rule.then
    return rules[-1].otherwise if rules else kind
