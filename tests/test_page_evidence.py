"""The evidence panel on the page: a place's claims by event and side, each with all that stands behind it."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import streamlit as st
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from geo.corrections import Action, add
from geo.evidence import Evidence
from geo.filters import EVERYTHING, Filter
from geo.page import evidence
from geo.page.evidence import show_evidence
from geo.page.state import Shown
from geo.store import Generation
from geo.view import read_places
from tests.pages import claim, free_port, generation, open_chromium, report, serve, watch
from tests.parts import captions, markdown_of, run_part, shown, texts
from tests.test_hostile import ALL_IN_ONE, HOSTILE, hostile_tables

SENTENCE = "The general staff said that its troops had taken the town."
DENIAL = "The ministry denied that the town had changed hands."
REPORT = f"A headline\n\nIt had rained. {SENTENCE} Nobody was there.\n\nA last paragraph."


def found_in(text: str, sentence: str) -> dict[str, Any]:
    start = text.index(sentence)
    return {"start": start, "end": start + len(sentence), "text": sentence}


def open_panel(found: Generation, chosen: Filter = EVERYTHING, name: str = "Izyum") -> AppTest:
    number = next(place.number for place in read_places(found) if place.name == name)
    return run_part(_panel, shown(found, chosen), number, name)


def _panel(shown: Shown, number: int | None, name: str) -> None:
    show_evidence(shown, number, name, number is not None, correct=_correct)


def _correct(_shown: Shown, chosen: Evidence) -> None:
    st.text(f"Forms for {chosen.claim_id}")


def opened(page: AppTest, what: str, claim_id: str = "c1") -> list[str]:
    """Open what there is more about a claim; return the page's texts."""
    page.pills(key=f"evidence_open_{claim_id}").set_value(what).run()
    assert not page.exception
    return texts(page)


@pytest.fixture(scope="module")
def dispute(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    """A wire's claim, which a copy repeats and another one words anew, and a ministry's denial two days later."""
    wire = report(text=REPORT, origin="Reuters", title="A town is taken", url="https://example.org/a")
    copies = [
        wire | {"report_id": "r2", "report": "copy.txt", "outlet": "A reprint", "published": date(2022, 9, 12)},
        wire | {"report_id": "r3", "report": "cut.txt", "text": "Nothing of it.", "published": None},
    ]
    denial = report(report_id="r4", report="denial.txt", origin_id="o4", text=f"A headline\n\n{DENIAL}")
    claims = [
        claim(
            **found_in(REPORT, SENTENCE),
            status="claimed",
            claimant="General staff",
            cue="say",
            verification="unverified",
            place_start=0,
            place_end=1,
        ),
        claim(claim_id="c2", report_id="r2", report="copy.txt", **found_in(REPORT, SENTENCE), status="claimed"),
        claim(
            claim_id="c3",
            report_id="r4",
            report="denial.txt",
            **found_in(f"A headline\n\n{DENIAL}", DENIAL),
            status="denied",
            claimant="The ministry",
            date_to=date(2022, 9, 12),
            origin_id="o4",
            date_basis="inferred",
            time_precision=2,
        ),
    ]
    event = {
        "event_id": "e1",
        "claim_ids": ["c1", "c2", "c3"],
        "opposing_claim_ids": ["c3"],
        "disputed": True,
        "independent_sources": 2,
        "event_type": "control-change",
        "date_from": date(2022, 9, 10),
        "date_to": date(2022, 9, 12),
        "claimants": ["General staff"],
        "opposing_claimants": ["The ministry"],
    }
    candidates = ["Izyum (UA): 3.21", "Izyum (RU): 0.40"]
    mention = {"report_id": "r1", "start": 0, "end": 1, "reason": "ahead", "candidates": candidates}
    return generation(
        tmp_path_factory.mktemp("dispute"),
        claims,
        events=[event],
        reports=[wire, *copies, denial],
        mentions=[mention],
        copies=[{"report_id": report_id, "version": n} for n, report_id in enumerate(("r1", "r2"), 1)],
    )


def test_a_dispute_stands_before_the_claims_and_both_sides_below_their_event(dispute: Generation) -> None:
    said = texts(open_panel(dispute))
    assert said[0] == "Izyum: 2 claims and 1 reprint of them, in order of time"
    assert said[1:3] == [
        "Disputed",
        "control-change, 2022-09-10 to 2022-09-12: General staff against The ministry",
    ]
    assert said[3:6] == ["2022-09-10", "control-change", "2 independent sources"]
    assert said.index(SENTENCE) < said.index("Against") < said.index(DENIAL)


def test_a_claim_tells_who_says_so_and_how_it_is_known(dispute: Generation) -> None:
    said = texts(open_panel(dispute))
    first = said.index("It had rained.")
    assert said[first:][:7] == [
        "It had rained.",
        SENTENCE,
        "Nobody was there.",
        "claimed",
        "by General staff (cue: say)",
        "The report could not verify this.",
        "An outlet  ·  from Reuters  ·  published 2022-09-11, as printed in it\n"
        "A town is taken  ·  one.txt\nDay reckoned from “on Saturday”",
    ]
    against = said.index(DENIAL)
    assert said[against + 1 :][:3] == ["2022-09-10 to 2022-09-12", "denied", "by The ministry"]
    assert said[-1].endswith("Day inferred “on Saturday”, to the week")


def test_reprints_stand_under_the_claim_that_they_repeat(dispute: Generation) -> None:
    page = open_panel(dispute)
    assert texts(page).count(SENTENCE) == 1
    assert page.pills(key="evidence_open_c1").options[0] == "1 source, 2 reprints"
    said = opened(page, "copies")
    assert said[said.index("A reprint  ·  copy.txt  ·  2022-09-12  ·  version 2") + 1] == "In the same words."
    missing = said.index("An outlet  ·  cut.txt  ·  day of publication unknown")
    assert said[missing + 1] == "Without this sentence."
    page.toggle(key="evidence_each_reprint").set_value(True).run()
    assert texts(page).count(SENTENCE) == 2


def test_a_reprint_that_says_something_else_or_is_corrected_stands_alone(tmp_path: Path) -> None:
    add_to = generation(tmp_path, [claim()], reports=[report()])
    made = add(add_to.root, Action.PUBLISHED, "one.txt", {"published": "2022-09-12"}, author="Ana", reason="so")
    rows = [report(report_id=f"r{n}", report=f"{n}.txt") for n in range(1, 6)]
    claims = [claim(claim_id=f"c{n}", report_id=f"r{n}", report=f"{n}.txt") for n in range(1, 6)]
    claims[1] |= {"status": "denied"}
    claims[2] |= {"verification": "unverified"}
    claims[3] |= {"corrections": [made.correction_id, "gone"]}
    event = {"event_id": "e", "claim_ids": [row["claim_id"] for row in claims]}
    page = open_panel(generation(tmp_path, claims, events=[event], reports=rows))
    said = texts(page)
    assert said[0] == "Izyum: 4 claims and 1 reprint of them, in order of time"
    assert said.count("Words") == 4
    [lines] = [text for text in said if "Corrected" in text]
    assert f"Corrected: published by Ana, {made.made_at[:10]}. so" in lines
    assert "no longer holds" in lines


def test_why_here_tells_the_reason_and_the_other_candidates(dispute: Generation) -> None:
    said = opened(open_panel(dispute), "why")
    assert "Read as Izyum: the only one of its name" in said
    assert "Other places of that name, by score; the chosen one has 3.21:\n0.40  Izyum  ·  RU" in said
    assert "No other place of that name was considered." in opened(open_panel(dispute), "why", "c3")


def test_correct_shows_the_forms_of_the_claim_it_belongs_to(dispute: Generation) -> None:
    page = open_panel(dispute)
    said = opened(page, "correct", "c3")
    assert said[-1] == "Forms for c3"
    assert "Forms for c1" not in said
    [place] = read_places(dispute)
    page = run_part(show_evidence, shown(dispute), place.number, "Izyum", True)
    assert "Correct" not in page.pills(key="evidence_open_c3").options


def test_the_whole_report_has_the_sentence_marked(dispute: Generation) -> None:
    page = open_panel(dispute)
    before = texts(page)
    page.button(key="evidence_whole_c1").click().run()
    assert not page.exception
    more = list(texts(page))
    for text in before:
        more.remove(text)
    assert more == [
        "A town is taken",
        "An outlet  ·  published 2022-09-11, as printed in it  ·  one.txt",
        "https://example.org/a",
        "A headline",
        "It had rained.",
        SENTENCE,
        "Nobody was there.",
        "A last paragraph.",
    ]


def test_long_words_are_cut_in_the_panel_and_whole_in_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "_PARAGRAPH", 30)
    monkeypatch.setattr(evidence, "_SENTENCE", 40)
    text = "\n".join(["Far away."] * 9 + [f"{'Before it. ' * 9}{SENTENCE}{' After it.' * 9}"] + ["Far away."] * 9)
    found = generation(tmp_path, [claim(**found_in(text, SENTENCE))], reports=[report(text=text)])
    page = open_panel(found)
    assert {
        "… it. Before it. Before it.",
        "The general staff said that its troops …",
        "After it. After it. After …",
    } <= {*texts(page)}
    page.button(key="evidence_whole_c1").click().run()
    assert SENTENCE in texts(page)
    assert not page.caption
    monkeypatch.setattr(evidence, "_REPORT", 20)
    page.button(key="evidence_whole_c1").click().run()
    assert "20 characters on either side" in captions(page)
    assert "Far away.\nFar away." in texts(page)


def test_sixty_claims_are_laid_out_once_they_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    days = [date(2022, 9, 1) + timedelta(days=n) for n in range(60)]
    found = generation(tmp_path, [claim(claim_id=f"c{n:02}", date_from=d, date_to=d) for n, d in enumerate(days)])
    page = open_panel(found)
    assert [text for text in texts(page) if text.startswith("2022")] == [str(day) for day in days[:25]]
    assert page.button(key="evidence_show_all").label == "Show all 60"
    page.button(key="evidence_show_all").click().run()
    assert texts(page).count("Words") == 60
    monkeypatch.setattr(evidence, "_MOST_CLAIMS", 50)
    page.run()
    assert texts(page).count("Words") == 50
    assert "the first 50 claims" in texts(page)[0]


def test_an_event_of_many_claims_is_cut_on_both_sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "_LAID_OUT", 4)
    claims = [claim(claim_id=f"c{n}", start=2 * n, end=2 * n + 1) for n in range(9)]
    event = {
        "event_id": "e",
        "claim_ids": [row["claim_id"] for row in claims],
        "opposing_claim_ids": ["c6", "c7", "c8"],
        "disputed": True,
    }
    words = "abcdefghi"
    page = open_panel(generation(tmp_path, claims, events=[event], reports=[report(text="\n".join(words))]))
    assert [said for said in texts(page) if said in {*words, "Against"}] == ["a", "b", "Against", "g", "h"]


def test_many_disputes_and_speakers_are_counted(tmp_path: Path) -> None:
    claims = [claim(claim_id=f"c{n}") for n in range(7)]
    side = {"event_type": "strike", "disputed": True, "claimants": list("abcdef")}
    events = [side | {"event_id": f"e{n}", "claim_ids": [f"c{n}"]} for n in range(7)]
    page = open_panel(generation(tmp_path, claims, events=events))
    assert texts(page).count("Disputed") == 5
    assert "2 more disputed events" in captions(page)
    assert "a, b, c, d, 2 more against the report itself" in texts(page)[2]


def test_where_nothing_is_to_be_shown_the_panel_says_what_to_do(dispute: Generation) -> None:
    assert "Choose a place" in captions(run_part(_panel, shown(dispute), None, ""))
    [place] = read_places(dispute)
    later = shown(dispute, Filter(date(2023, 1, 1)))
    for is_in_view in (False, True):
        page = run_part(show_evidence, later, place.number, place.name, is_in_view)
        assert texts(page) == ["Nothing is said of Izyum in these days."]
        assert "Choose more days" in captions(page)


def test_what_cannot_be_read_is_told_in_place(tmp_path: Path) -> None:
    found = generation(tmp_path, [claim(corrections=["x"])])
    (tmp_path / "corrections.sqlite").write_bytes(b"this is no database" * 100)
    page = open_panel(found)
    assert page.error[0].value == "The evidence cannot be shown:"
    assert "corrections" in page.code[0].value


def test_hostile_words_stand_in_no_markdown(tmp_path: Path) -> None:
    page = open_panel(generation(tmp_path, **hostile_tables([ALL_IN_ONE])), name=ALL_IN_ONE)
    [pills] = page.pills
    pills.set_value("why").run()
    next(button for button in page.button if button.label == "Whole report").click().run()
    assert not page.exception
    assert any(ALL_IN_ONE in text for text in texts(page))
    labels = [element.label for kind in (page.button, page.pills, page.toggle) for element in kind]
    assert not any(words in markdown_of(page) or words in str(labels) for words in HOSTILE)


# --- in the browser -------------------------------------------------------------------------------------------------

SCRIPT = """
import os
from pathlib import Path
import streamlit as st
from geo.build import Config
from geo.filters import EVERYTHING
from geo.page import evidence, look
from geo.page.state import Shown
from geo.store import current
from geo.view import read_places

root = Path(os.environ["ROOT"])
st.html(look.style("light", [evidence.STYLE]))
places = {place.name: place for place in read_places(current(root))}
name = st.query_params["place"]
evidence.show_evidence(Shown(root, root, Config(), current(root), EVERYTHING), places[name].number, name, True)
"""


@pytest.mark.long
@pytest.mark.browser
def test_the_whole_report_opens_at_the_sentence_and_hostile_words_run_nothing(tmp_path: Path) -> None:
    tables = hostile_tables()
    text = "\n".join(["Far away."] * 300 + [SENTENCE] + ["Far away."] * 300)
    tables["claims"].append(claim(claim_id="long", report_id="long", **found_in(text, SENTENCE)))
    tables["reports"].append(report(report_id="long", text=text))
    generation(tmp_path, **tables)
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    command = ["-m", "streamlit", "run", str(script), "--server.port", free_port()]
    with (
        serve(*command, environment={"ROOT": str(tmp_path)}) as (url, _),
        open_chromium() as browser,
        watch(browser) as watched,
    ):
        page = watched.page
        for name in ("Izyum", HOSTILE[6], HOSTILE[7], HOSTILE[9]):
            page.goto(f"{url}?{urlencode({'place': name})}")
            page.get_by_role("radio", name="Why here?").click()
            expect(page.get_by_text("No other place of that name was considered.")).to_be_visible()
            page.get_by_role("button", name="Whole report").click()
            words = page.locator(".st-key-evidence_report_text .st-key-evidence_sentence_report")
            expect(words).to_contain_text(SENTENCE if name == "Izyum" else name)
            expect(words.get_by_test_id("stText")).to_be_in_viewport()
        assert page.evaluate("globalThis.hacked") is None
        assert page.locator("img[src=x]").count() == 0
        watched.assert_clean()
