"""The words behind a pin or an event, with report, copies, place and corrections."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.corrections import Action, add
from geo.evidence import find_disputes, find_event_evidence, find_evidence, split_sides
from geo.filters import EVERYTHING, Filter
from tests.pages import claim, generation, report

SEPTEMBER_10 = Filter(date(2022, 9, 10), date(2022, 9, 10))


TEXT = "First paragraph. Not here.\nBefore it.  Émile 🌍 said “so”. After it.\n\nLast paragraph."


def test_evidence_is_the_sentence_in_its_paragraph(tmp_path: Path) -> None:
    sentence = "Émile 🌍 said “so”."
    start = TEXT.index(sentence)
    row = claim(start=start, end=start + len(sentence), claimant="Émile", cue="said", verification="unverified")
    reports = [report(text=TEXT, origin="Reuters"), report(report_id="r2", report="copy.txt")]
    [evidence] = find_evidence(generation(tmp_path, [row], reports=reports), "dl:izyum", SEPTEMBER_10)
    assert (evidence.before, evidence.sentence, evidence.after) == ("Before it.  ", sentence, " After it.")
    assert (evidence.start, evidence.end, evidence.independent_sources) == (start, start + len(sentence), 1)
    assert (evidence.claimant, evidence.cue, evidence.verification) == ("Émile", "said", "unverified")
    assert (evidence.outlet, evidence.published, evidence.published_basis) == (
        "An outlet",
        date(2022, 9, 11),
        "printed",
    )
    assert (evidence.origin, evidence.n_copies) == ("Reuters", 1)
    assert (evidence.date_from, evidence.date_to, evidence.date_basis) == (*[date(2022, 9, 10)] * 2, "relative")
    assert evidence.place_reason == "the only one of its name"


@settings(max_examples=settings().max_examples // 4)  # each publishes a generation, with all its fsyncs
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40), st.data())
def test_offsets_are_code_points_of_the_original_text(
    tmp_path_factory: pytest.TempPathFactory, text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = generation(tmp_path_factory.mktemp("g"), [claim(start=start, end=end)], reports=[report(text=text)])
    [evidence] = find_evidence(found, "dl:izyum", SEPTEMBER_10)
    assert evidence.sentence == text[start:end]
    assert text[:start].endswith(evidence.before)
    assert text[end:].startswith(evidence.after)


def test_evidence_comes_in_order_of_time(tmp_path: Path) -> None:
    days = [date(2022, 9, 12), date(2022, 9, 8), date(2022, 9, 10)]
    claims = [claim(claim_id=str(n), date_from=day, date_to=day) for n, day in enumerate(days)]
    found = find_evidence(generation(tmp_path, claims), "dl:izyum", EVERYTHING)
    assert [e.date_from for e in found] == sorted(days)


def test_a_dispute_is_in_view_with_both_sides_in_its_days_only(tmp_path: Path) -> None:
    events = [
        {
            "event_id": "e1",
            "claim_ids": ["c1"],
            "event_type": "strike",
            "date_from": date(2022, 9, 9),
            "date_to": date(2022, 9, 10),
            "disputed": True,
            "claimants": ["Kyiv"],
            "opposing_claimants": ["Moscow"],
        },
        {"event_id": "e2", "claim_ids": ["c2"], "date_from": date(2022, 9, 10), "disputed": False},
    ]
    found = generation(tmp_path, [claim(), claim(claim_id="c2")], events=events)
    [dispute] = find_disputes(found, "dl:izyum", SEPTEMBER_10)
    assert (dispute.claimants, dispute.opposing_claimants) == (("Kyiv",), ("Moscow",))
    assert (dispute.date_from, dispute.date_to) == (date(2022, 9, 9), date(2022, 9, 10))
    assert find_disputes(found, "dl:izyum", Filter(date(2022, 9, 11), date(2022, 9, 11))) == []


WIRE = "Troops took Izyum on Saturday, the army said. It rained."
REWORDED = "It rained. On Saturday troops took the city of Izyum, the army said."
SENTENCE = WIRE.partition(". ")[0] + "."
REPORTS = [
    report(report_id="a", report="a.txt", text=WIRE, title="A", published=date(2022, 9, 11)),
    report(report_id="b", report="b.txt", text=f"LEDE. {WIRE}", title="B", published=date(2022, 9, 12)),
    report(report_id="c", report="c.txt", text=REWORDED, title="C", outlet="Third", published=None),
    report(report_id="d", report="d.txt", text="Nothing of it.", title="D", published=date(2022, 9, 10)),
    report(report_id="e", report="e.txt", text=WIRE, origin_id="another"),
]
COPIES = [{"report_id": r["report_id"], "version": n, "origin": "A wire"} for n, r in enumerate(REPORTS, 1)]


def _borrowed(report_id: str, words: str, text: str, similarity: float) -> dict[str, Any]:
    start = text.index(words)
    source = {"source_report_id": "a", "source_start": 0, "source_end": len(SENTENCE)}
    return {
        "report_id": report_id,
        "start": start,
        "end": start + len(words),
        "similarity": similarity,
        **source,
    }


LINEAGE = [
    _borrowed("b", SENTENCE, REPORTS[1]["text"], 1.0),
    _borrowed("c", "On Saturday troops took the city of Izyum, the army said.", REWORDED, 0.9),
]


@pytest.mark.parametrize("report_id", ["a", "b"])
def test_copies_show_what_the_other_reports_of_the_origin_have(tmp_path: Path, report_id: str) -> None:
    text = next(r["text"] for r in REPORTS if r["report_id"] == report_id)
    start = text.index(SENTENCE)
    row = claim(report_id=report_id, report=f"{report_id}.txt", start=start, end=start + len(SENTENCE))
    found = generation(tmp_path, [row], reports=REPORTS, copies=COPIES, lineage=LINEAGE)
    [evidence] = find_evidence(found, "dl:izyum", EVERYTHING)
    other = {"a": ("b.txt", 2), "b": ("a.txt", 1)}[report_id]
    assert evidence.n_copies == 3
    assert evidence.version == {"a": 1, "b": 2}[report_id]
    assert [(c.report, c.version, c.sentence, c.same_words) for c in evidence.copies] == [
        ("d.txt", 4, "", False),
        (*other, SENTENCE, True),
        ("c.txt", 3, "On Saturday troops took the city of Izyum, the army said.", False),
    ]
    last = evidence.copies[-1]
    assert (last.title, last.outlet, last.published) == ("C", "Third", None)


def test_a_copy_without_lineage_is_searched_for_the_sentence(tmp_path: Path) -> None:
    reports = [report(text="It rained. So."), report(report_id="r2", report="two.txt", text="So. It rained.")]
    found = generation(tmp_path, [claim(start=0, end=10)], reports=reports)
    [evidence] = find_evidence(found, "dl:izyum", EVERYTHING)
    assert [(c.report, c.sentence, c.same_words) for c in evidence.copies] == [("two.txt", "It rained.", True)]


def test_other_places_considered_come_with_scores_and_the_reason(tmp_path: Path) -> None:
    candidates = ["Izyum (UA): 0.91", "Izyum (RU): 0.40", "Izyum (UA): 0.20", "A (B) place (-): 0.10", "no candidate"]
    mentions = [
        {"report_id": "r1", "start": 4, "end": 9, "reason": "ahead", "candidates": candidates},
        {"report_id": "r1", "start": 4, "end": 8, "reason": "elsewhere", "candidates": ["Wrong (XX): 1.00"]},
        {"report_id": "r2", "start": 4, "end": 9, "reason": "elsewhere", "candidates": ["Wrong (XX): 1.00"]},
    ]
    rows = [claim(place_start=4, place_end=9), claim(claim_id="c2", place_start=None, place_end=None, start=1)]
    first, second = find_evidence(generation(tmp_path, rows, mentions=mentions), "dl:izyum", EVERYTHING)
    assert [(c.name, c.country_code, c.score) for c in first.considered] == [
        ("Izyum", "RU", 0.4),
        ("Izyum", "UA", 0.2),
        ("A (B) place", "", 0.1),
    ]
    assert (first.score, first.choice_reason) == (0.91, "ahead")
    assert (second.score, second.considered, second.choice_reason) == (None, (), "")


def test_corrections_in_effect_say_who_and_why(tmp_path: Path) -> None:
    generation(tmp_path, [claim()])
    made = add(
        tmp_path, Action.PUBLISHED, "one.txt", {"published": "2022-09-12"}, author="Ana", reason="it is Monday's"
    )
    found = generation(tmp_path, [claim(corrections=[made.correction_id, "gone"]), claim(claim_id="c2", start=1)])
    first, second = find_evidence(found, "dl:izyum", EVERYTHING)
    known, unknown = first.corrections
    assert (known.action, known.author, known.reason) == ("published", "Ana", "it is Monday's")
    assert (unknown.correction_id, unknown.action) == ("gone", "")
    assert second.corrections == ()


def test_an_event_has_its_claims_of_both_sides_wherever_they_are(tmp_path: Path) -> None:
    claims = [
        claim(claim_id="for", date_from=date(2022, 9, 11), date_to=date(2022, 9, 11)),
        claim(claim_id="against", place_id="gn:1", status="denied"),
        claim(claim_id="early", date_from=date(2022, 9, 9)),
        claim(claim_id="other"),
        claim(claim_id="alone", date_from=date(2022, 9, 1)),
    ]
    events = [
        {"event_id": "e1", "claim_ids": ["against", "early", "for"], "opposing_claim_ids": ["against"]},
        {"event_id": "e2", "claim_ids": ["other"]},
    ]
    found = generation(tmp_path, claims, events=events)
    evidence = find_event_evidence(found, "e1")
    assert [e.claim_id for e in evidence] == ["early", "against", "for"]
    assert {e.event_id for e in evidence} == {"e1"}
    headline, against = split_sides(evidence)
    assert [e.claim_id for e in headline] == ["early", "for"]
    assert [e.claim_id for e in against] == ["against"]
    assert [e.claim_id for e in find_event_evidence(found, "e1", Filter(statuses=["denied"]))] == ["against"]
    assert find_event_evidence(found, "nothing") == []
    at_place = find_evidence(found, "dl:izyum", EVERYTHING, at_most=2)
    assert [(e.claim_id, e.event_id) for e in at_place] == [("alone", ""), ("early", "e1")]
