"""The words behind a pin or an event, with report, copies, place and corrections."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.evidence import find_disputes, find_evidence
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
    assert (evidence.claimant, evidence.cue, evidence.verification) == ("Émile", "said", "unverified")
    assert (evidence.outlet, evidence.published, evidence.published_basis) == (
        "An outlet",
        date(2022, 9, 11),
        "printed",
    )
    assert (evidence.origin, evidence.n_copies) == ("Reuters", 1)
    assert (evidence.date_from, evidence.date_to, evidence.date_basis) == (*[date(2022, 9, 10)] * 2, "relative")
    assert evidence.place_reason == "the only one of its name"


@settings(max_examples=20, deadline=None)  # each publishes a generation, with all its fsyncs
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
