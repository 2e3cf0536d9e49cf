"""The evidence panel: what is said of the chosen place, each sentence in its paragraph, with who says so and how known.

Claims come in order of time, those of one event together, on the headline's side first and then against it. A reprint's
claim that repeats another one stands under it: ten reprints are one source.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import streamlit as st

from geo.errors import GeoError
from geo.evidence import (
    AppliedCorrection,
    CopyShown,
    Dispute,
    Evidence,
    find_disputes,
    find_evidence,
    split_sides,
)
from geo.model import Document, Status
from geo.page import texts
from geo.page.state import Shown, choose_place, plain
from geo.view import find_place_id, list_leads, read_report

__all__ = ["STYLE", "show_evidence"]

_LAID_OUT = 25  # claims at once; the rest is a click away
_MOST_CLAIMS = 200  # of one place; the list of claims holds all
_MOST_DISPUTES = 5
_MOST_LEADS = 8
_MOST_SPEAKERS = 4  # of one side of a dispute
_MOST_CANDIDATES = 8
_PARAGRAPH = 260  # characters of it on either side of the sentence
_SENTENCE = 1_500  # characters; a file without full stops must not fill the panel
_REPORT = 60_000  # characters on either side of the sentence

_KINDS = frozenset(Status)  # that a class of the page may be named after

STYLE = """
[class*="st-key-evidence_"] [data-testid="stText"] { overflow-wrap: anywhere; }
.st-key-evidence_head [data-testid="stText"] * { color: var(--muted); font-size: .88rem; }
[class*="st-key-evidence_lead_"] button { justify-content: start; text-align: start; min-height: 1.6rem; padding: 0; }
[class*="st-key-evidence_lead_"] button p { font-weight: 600; }
[class*="st-key-evidence_lead_"] [data-testid="stText"] * { color: var(--muted); font-size: .85rem; }
[class*="st-key-evidence_dispute_"] { border-left: 3px solid var(--danger); padding: .1rem 0 .1rem .7rem; }
[class*="st-key-evidence_dispute_"] > :first-child [data-testid="stText"] * {
  color: var(--danger); font-size: .78rem; font-weight: 600; letter-spacing: .02em;
}
[class*="st-key-evidence_dispute_"] [data-testid="stText"] * { font-size: .92rem; line-height: 1.45; }
[class*="st-key-evidence_group_"] { border-top: 1px solid var(--line); padding: .8rem 0 .5rem; }
[class*="st-key-evidence_when_"] { align-items: baseline; }
[class*="st-key-evidence_when_"] [data-testid="stText"] * {
  font-size: .88rem; color: var(--muted); font-variant-numeric: tabular-nums;
}
[class*="st-key-evidence_when_"] > :first-child [data-testid="stText"] * { font-weight: 600; color: var(--ink); }
[class*="st-key-evidence_against_"] { border-left: 3px solid var(--danger); padding-left: .8rem; }
[class*="st-key-evidence_side_"] [data-testid="stText"] * {
  color: var(--danger); font-size: .78rem; font-weight: 600; letter-spacing: .02em;
}
[data-testid="stLayoutWrapper"]:has(> [class*="st-key-evidence_claim_"])
  + [data-testid="stLayoutWrapper"] > [class*="st-key-evidence_claim_"] {
  border-top: 1px dotted var(--line); padding-top: .7rem;
}
[class*="st-key-evidence_paragraph_"] { display: block; line-height: 1.55; }
[class*="st-key-evidence_paragraph_"] * { display: inline; line-height: 1.55; }
[class*="st-key-evidence_paragraph_"] > :not(:last-child) { margin-right: .25em; }
[class*="st-key-evidence_paragraph_"] [data-testid="stText"] * { color: var(--muted); font-size: .92rem; }
[class*="st-key-evidence_paragraph_"] [class*="st-key-evidence_sentence_"] [data-testid="stText"] * {
  color: var(--ink); background: var(--mark); font-size: 1rem; padding: .12em .1em; border-radius: 2px;
  -webkit-box-decoration-break: clone; box-decoration-break: clone;
}
[class*="st-key-evidence_said_"] { align-items: baseline; }
[class*="st-key-evidence_said_"] [data-testid="stText"] * { font-size: .92rem; }
[class*="st-key-evidence_chips_"] [data-testid="stText"] * { font-size: .82rem; color: var(--ink); }
[class*="st-key-evidence_chips_"] [data-testid="stText"] {
  border: 1px solid var(--muted); border-radius: 999px; padding: .02rem .6rem .08rem; line-height: 1.3;
}
[class*="st-key-evidence_chips_claimed"] > :last-child [data-testid="stText"] { border-style: dashed; }
[class*="st-key-evidence_chips_planned"] > :last-child [data-testid="stText"] { border-style: dotted; }
[class*="st-key-evidence_chips_denied"] > :last-child [data-testid="stText"] { border-width: 2px; }
[class*="st-key-evidence_checked_"] [data-testid="stText"] * { font-size: .88rem; font-style: italic; }
[class*="st-key-evidence_source_"] [data-testid="stText"] * {
  color: var(--muted); font-size: .82rem; line-height: 1.5;
}
[class*="st-key-evidence_more_"] { border-left: 2px solid var(--line); padding: .1rem 0 .3rem .8rem; }
[class*="st-key-evidence_more_"] [data-testid="stText"] * { font-size: .85rem; line-height: 1.5; }
[class*="st-key-evidence_more_"] [class*="st-key-evidence_quiet_"] [data-testid="stText"] * { color: var(--muted); }
[class*="st-key-evidence_buttons_"] { align-items: center; }
[class*="st-key-evidence_buttons_"] button { min-height: 1.75rem; padding: .05rem .6rem; }
[class*="st-key-evidence_buttons_"] button p { font-size: .82rem; }
.st-key-evidence_report_head > :first-child [data-testid="stText"] * { font-weight: 600; }
.st-key-evidence_report_head > :not(:first-child) [data-testid="stText"] * { color: var(--muted); font-size: .88rem; }
.st-key-evidence_report_text {
  max-height: 65vh; overflow-y: auto; border-top: 1px solid var(--line); padding-top: .8rem;
}
.st-key-evidence_report_text > * { flex-shrink: 0; }
.st-key-evidence_report_text [data-testid="stText"] * { line-height: 1.6; }
.st-key-evidence_paragraph_report [data-testid="stText"] * { color: var(--ink); font-size: 1rem; }
.st-key-evidence_paragraph_report { scroll-initial-target: nearest; }
@media (min-width: 641px) {
  [class*="st-key-evidence_panel_"] { max-height: 47rem; overflow-y: auto; padding-right: .5rem; }
  [class*="st-key-evidence_panel_"] > * { flex-shrink: 0; }
}
"""

Correct = Callable[[Shown, Evidence], None]


@dataclass(frozen=True, slots=True)
class _Group:
    """The claims of one event that are laid out, by side; a claim without an event is a group of its own."""

    says: tuple[Evidence, ...]
    against: tuple[Evidence, ...]

    def __len__(self) -> int:
        return len(self.says) + len(self.against)


def show_evidence(
    shown: Shown, number: int | None, name: str, in_view: bool, *, correct: Correct | None = None
) -> None:
    """Show what is said of a place in view; ``correct`` shows the forms that correct a claim, inside its block.

    ``number`` is the place's (``geo.view.NUMBER``), None where none is chosen, and ``name`` what it is called.
    """
    with st.container(key=f"evidence_panel_{number}", gap="small"):  # another place starts at its top
        if number is None:
            st.caption(texts.NO_PLACE_CHOSEN)
            _show_leads(shown)
            return
        place_id = find_place_id(shown.generation, number) if in_view else None
        if place_id is None:
            _say_nothing_is_there(name)
            return
        try:
            claims = find_evidence(shown.generation, place_id, shown.chosen, _MOST_CLAIMS + 1)
            disputes = find_disputes(shown.generation, place_id, shown.chosen)
        except GeoError as error:
            st.error(texts.EVIDENCE_FAILED)
            st.code(str(error), language=None, wrap_lines=True)
            return
        if not claims:
            _say_nothing_is_there(name)
            return
        groups = _grouped(claims[:_MOST_CLAIMS])
        folded = [_without_repeats(group) for group in groups]
        _show_head(name, len(claims), _count(folded))
        _show_disputes(disputes)
        _show_groups(shown, number, groups if _asks_for_reprints(groups, folded) else folded, correct)


def _show_leads(shown: Shown) -> None:
    """Offer what to read first: what is disputed, then what most sources tell."""
    leads = list_leads(shown.generation, shown.chosen, _MOST_LEADS)
    if leads.empty:
        return
    st.text(texts.LEADS)
    for n, event in enumerate(leads.itertuples()):
        with st.container(key=f"evidence_lead_{n}", gap=None):
            st.button(
                plain(
                    _joined(
                        event.place_name,
                        event.event_type,
                        _span(f"{event.date_from:%Y-%m-%d}", f"{event.date_to:%Y-%m-%d}"),
                    )
                ),
                key=f"evidence_lead_button_{n}",
                help=texts.LEADS_HELP,
                on_click=choose_place,
                args=(int(event.number),),
                type="tertiary",
            )
            sources = texts.count(int(event.independent_sources), texts.SOURCE)
            reports = texts.count(int(event.n_reports), texts.REPORT)
            st.text(_joined(texts.DISPUTED_CELL if event.disputed else "", sources, reports))


def _say_nothing_is_there(name: str) -> None:
    st.text(texts.NOTHING_OF_PLACE.format(name=name))
    st.caption(texts.NOTHING_OF_PLACE_HINT)


def _show_head(name: str, found: int, told: int) -> None:
    """Say how many claims are in view, of which ``told`` repeat none before them."""
    words, n_reprints = texts.EVIDENCE_OF, min(found, _MOST_CLAIMS) - told
    if found > _MOST_CLAIMS:
        words = texts.EVIDENCE_FIRST
    elif n_reprints:
        words = texts.EVIDENCE_OF_BOTH
    with st.container(key="evidence_head"):
        st.text(
            words.format(
                name=name,
                claims=texts.count(told, texts.CLAIM),
                reprints=texts.count(n_reprints, texts.REPRINT),
                most=_MOST_CLAIMS,
            )
        )


def _asks_for_reprints(groups: Sequence[_Group], folded: Sequence[_Group]) -> bool:
    """Offer to lay out the claims that repeat another one, where there are any."""
    if _count(folded) == _count(groups):
        return False
    return st.toggle(
        texts.EACH_REPRINT, key="evidence_each_reprint", help=texts.EACH_REPRINT_HELP, persist_state="session"
    )


# --- disputes ---


def _show_disputes(disputes: Sequence[Dispute]) -> None:
    for n, dispute in enumerate(disputes[:_MOST_DISPUTES]):
        with st.container(key=f"evidence_dispute_{n}", gap=None):
            st.text(texts.DISPUTED_EVENT)
            st.text(
                texts.DISPUTE_SIDES.format(
                    event_type=dispute.event_type,
                    days=_words_for_days(dispute),
                    says=_words_for_speakers(dispute.claimants),
                    against=_words_for_speakers(dispute.opposing_claimants),
                )
            )
    if len(disputes) > _MOST_DISPUTES:
        st.caption(texts.DISPUTES_LEFT.format(n=len(disputes) - _MOST_DISPUTES))


def _words_for_speakers(claimants: Sequence[str]) -> str:
    named = [claimant or texts.REPORT_ITSELF for claimant in claimants] or [texts.REPORT_ITSELF]
    rest = len(named) - _MOST_SPEAKERS
    return ", ".join([*named[:_MOST_SPEAKERS], *([texts.AND_MORE.format(n=rest)] if rest > 0 else [])])


# --- events and their sides ---


def _show_groups(shown: Shown, number: int, groups: Sequence[_Group], correct: Correct | None) -> None:
    fitting = groups if st.session_state.get("evidence_all") == number else _fitting(groups)
    for group in fitting:
        _show_group(shown, group, correct)
    if _count(fitting) < _count(groups):
        st.button(
            texts.EVIDENCE_ALL.format(n=_count(groups)),
            key="evidence_show_all",
            help=texts.EVIDENCE_ALL_HELP,
            on_click=st.session_state.update,
            kwargs={"evidence_all": number},
        )


def _count(groups: Iterable[_Group]) -> int:
    return sum(map(len, groups))


def _grouped(claims: Iterable[Evidence]) -> list[_Group]:
    """Return the claims by event, in the order in which the events first come."""
    by_event: dict[str, list[Evidence]] = defaultdict(list)
    for claim in claims:
        by_event[claim.event_id or claim.claim_id].append(claim)
    return [_Group(*map(tuple, split_sides(found))) for found in by_event.values()]


def _without_repeats(group: _Group) -> _Group:
    return _Group(_first_told(group.says), _first_told(group.against))


def _first_told(claims: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return the claims but those that repeat one before them in a report of the same origin, unless corrected.

    A reprint that leaves out whether the report verified the claim repeats it all the same.
    """
    kept: list[Evidence] = []
    told: dict[tuple[object, ...], list[tuple[str, str]]] = defaultdict(list)
    for claim in claims:
        before = told[_what(claim, claim.report_id)]
        if claim.corrections or not any(
            claim.verification in ("none", checked) and _is_same(claim.sentence, sentence)
            for sentence, checked in before
        ):
            kept.append(claim)
            for copy in claim.copies:
                if copy.sentence:
                    told[_what(claim, copy.report_id)].append((copy.sentence, claim.verification))
    return tuple(kept)


def _what(claim: Evidence, report_id: str) -> tuple[object, ...]:
    return report_id, claim.event_type, claim.status, claim.date_from, claim.date_to


def _is_same(sentence: str, other: str) -> bool:
    return bool(sentence) and (sentence in other or other in sentence)


def _fitting(groups: Sequence[_Group]) -> list[_Group]:
    """Return as many groups as hold no more claims than are laid out at once; of a first one that is larger, a part."""
    first = groups[0]
    if len(first) > _LAID_OUT:
        against = first.against[: max(_LAID_OUT // 2, _LAID_OUT - len(first.says))]
        return [replace(first, says=first.says[: _LAID_OUT - len(against)], against=against)]
    n = 0
    for position, group in enumerate(groups):
        n += len(group)
        if n > _LAID_OUT:
            return list(groups[:position])
    return list(groups)


def _show_group(shown: Shown, group: _Group, correct: Correct | None) -> None:
    claims = (*group.says, *group.against)
    first = claims[0]
    with st.container(key=f"evidence_group_{first.claim_id}", gap="small"):
        with st.container(key=f"evidence_when_{first.claim_id}", horizontal=True, gap="small"):
            st.text(_words_for_days(first))
            st.text(first.event_type)
            st.text(texts.count(first.independent_sources, texts.SOURCE))
        for claim in group.says:
            _show_claim(shown, claim, first, correct)
        if group.against:
            with st.container(key=f"evidence_against_{first.claim_id}", gap="small"):
                with st.container(key=f"evidence_side_{first.claim_id}"):
                    st.text(texts.AGAINST_THAT)
                for claim in group.against:
                    _show_claim(shown, claim, first, correct)


# --- a claim ---


def _show_claim(shown: Shown, claim: Evidence, first: Evidence, correct: Correct | None) -> None:
    """Show a claim of the event that ``first`` heads; what it shares with the head is not said again."""
    with st.container(key=f"evidence_claim_{claim.claim_id}", gap="xsmall"):
        _show_paragraph(
            claim.claim_id,
            _cut_left(claim.before),
            _cut_right(claim.sentence, _SENTENCE),
            _cut_right(claim.after, _PARAGRAPH),
        )
        _show_said(claim, first)
        if claim.verification in texts.VERIFICATIONS:
            with st.container(key=f"evidence_checked_{claim.claim_id}"):
                st.text(texts.VERIFICATIONS[claim.verification])
        with st.container(key=f"evidence_source_{claim.claim_id}", gap=None):
            st.text("\n".join(_lines_about(claim)))
        _show_more(shown, claim, correct)


def _show_paragraph(key: str, before: str, sentence: str, after: str) -> None:
    with st.container(key=f"evidence_paragraph_{key}"):
        if before.strip():
            st.text(before)
        with st.container(key=f"evidence_sentence_{key}"):
            st.text(sentence)
        if after.strip():
            st.text(after)


def _cut_left(text: str) -> str:
    """Return the end of a text, from a word's start."""
    return text if len(text) <= _PARAGRAPH else f"… {text[-_PARAGRAPH:].partition(' ')[2]}"


def _cut_right(text: str, length: int) -> str:
    """Return the start of a text, up to a word's end where it has one."""
    if len(text) <= length:
        return text
    words, _, rest = text[:length].rpartition(" ")
    return f"{words or rest} …"


def _show_said(claim: Evidence, first: Evidence) -> None:
    kind = claim.status if claim.status in _KINDS else "other"
    with st.container(key=f"evidence_said_{claim.claim_id}", horizontal=True, gap="xsmall"):
        with st.container(
            key=f"evidence_chips_{kind}_{claim.claim_id}", horizontal=True, gap="xxsmall", width="content"
        ):
            if (claim.date_from, claim.date_to) != (first.date_from, first.date_to):
                st.text(_words_for_days(claim))
            if claim.event_type != first.event_type:
                st.text(claim.event_type)
            st.text(claim.status)
        st.text(_words_for_speaker(claim))


def _words_for_days(told: Evidence | Dispute) -> str:
    return _span(told.date_from, told.date_to)


def _span(first: date | str | None, last: date | str | None) -> str:
    return str(first) if first == last else texts.DAYS_FROM_TO.format(first=first, last=last)


def _words_for_speaker(claim: Evidence) -> str:
    words = texts.SAID_WITH_CUE if claim.claimant and claim.cue else texts.SAID_BY_WHO
    return words.format(who=claim.claimant or texts.REPORT_ITSELF, cue=claim.cue)


def _lines_about(claim: Evidence) -> list[str]:
    origin = texts.ORIGIN_IS.format(origin=claim.origin) if claim.origin else ""
    lines = [
        _joined(claim.outlet, origin, _words_for_report_day(claim)),
        _joined(claim.title, claim.report),
        _words_for_date(claim),
    ]
    return [line for line in (*lines, *map(_words_for_correction, claim.corrections)) if line]


def _joined(*words: str) -> str:
    return "  ·  ".join(filter(None, words))


def _words_for_report_day(claim: Evidence) -> str:
    if claim.published is None:
        return texts.NO_REPORT_DAY
    how = texts.PUBLISHED_BASES.get(claim.published_basis)
    return (texts.REPORT_DAY_KNOWN if how else texts.REPORT_DAY).format(day=claim.published, how=how)


def _words_for_date(claim: Evidence) -> str:
    written = texts.WRITTEN_WORDS.format(words=claim.date_text) if claim.date_text else ""
    basis = texts.DATE_BASES.get(claim.date_basis, texts.DATE_BASES["none"])
    return basis + written + texts.PRECISIONS.get(claim.time_precision, texts.ROUGHLY)


def _words_for_correction(correction: AppliedCorrection) -> str:
    if not correction.action:
        return texts.IN_EFFECT_GONE
    return texts.IN_EFFECT.format(
        action=correction.action, who=correction.author, day=correction.made_at[:10], why=correction.reason
    )


# --- more about a claim ---


def _show_more(shown: Shown, claim: Evidence, correct: Correct | None) -> None:
    """Offer the copies, the place's choice and the correction, one at a time, and the whole report."""
    labels = {"why": texts.WHY_HERE}
    if claim.n_copies:
        labels = {"copies": texts.ONE_SOURCE.format(reprints=texts.count(claim.n_copies, texts.REPRINT))} | labels
    if correct is not None:
        labels["correct"] = texts.CORRECT
    with st.container(key=f"evidence_buttons_{claim.claim_id}", horizontal=True, gap="xsmall"):
        opened = st.pills(
            texts.MORE_ABOUT,
            list(labels),
            format_func=labels.__getitem__,
            key=f"evidence_open_{claim.claim_id}",
            label_visibility="collapsed",
        )
        if st.button(
            texts.WHOLE_REPORT,
            key=f"evidence_whole_{claim.claim_id}",
            help=texts.WHOLE_REPORT_HELP,
            type="tertiary",
        ):
            _show_report(shown, claim)
    if opened is None:
        return
    with st.container(key=f"evidence_more_{claim.claim_id}", gap="xsmall"):
        if opened == "copies":
            _show_copies(claim)
        elif opened == "why":
            _show_why(claim)
        elif correct is not None:
            correct(shown, claim)


def _show_copies(claim: Evidence) -> None:
    for copy in claim.copies:
        with st.container(key=f"evidence_copy_{claim.claim_id}_{copy.report_id}", gap=None):
            st.text(_words_for_copy(copy))
            with st.container(key=f"evidence_quiet_{claim.claim_id}_{copy.report_id}", gap=None):
                st.text(_words_for_wording(copy))
    if claim.n_copies > len(claim.copies):
        st.caption(texts.COPIES_LEFT.format(n=claim.n_copies - len(claim.copies)))


def _words_for_copy(copy: CopyShown) -> str:
    version = texts.COPY_VERSION.format(n=copy.version) if copy.version is not None else ""
    return _joined(copy.outlet, copy.report, str(copy.published or texts.NO_REPORT_DAY), version)


def _words_for_wording(copy: CopyShown) -> str:
    if not copy.sentence:
        return texts.COPY_WITHOUT
    if copy.same_words:
        return texts.COPY_SAME
    return texts.COPY_OTHER + texts.WRITTEN_WORDS.format(words=_cut_right(copy.sentence, _SENTENCE))


def _show_why(claim: Evidence) -> None:
    st.text(texts.READ_AS.format(name=claim.place_name, why=claim.place_reason))
    others = claim.considered[:_MOST_CANDIDATES]
    with st.container(key=f"evidence_quiet_{claim.claim_id}_why", gap=None):
        if not others:
            st.text(texts.NO_OTHERS)
            return
        chosen = texts.OTHERS_CONSIDERED if claim.score is not None else texts.OTHERS_CONSIDERED_ONLY
        lines = [chosen.format(score=f"{claim.score or 0:.2f}")]
        lines += [f"{other.score:.2f}  {_joined(other.name, other.country_code)}" for other in others]
        if len(claim.considered) > len(others):
            lines.append(texts.OTHERS_LEFT.format(n=len(claim.considered) - len(others)))
        st.text("\n".join(lines))


# --- the whole report ---


@st.dialog(texts.WHOLE_REPORT, width="medium")
def _show_report(shown: Shown, claim: Evidence) -> None:
    try:
        report = read_report(shown.generation, claim.report)
    except KeyError:
        st.error(texts.NOT_HELD)
        return
    with st.container(key="evidence_report_head", gap="xsmall"):
        st.text(report.title or report.report)
        st.text(_joined(report.outlet, _words_for_report_day(claim), report.report))
        if report.url:
            st.text(report.url)
    with st.container(key="evidence_report_text", gap="small"):
        _show_marked(report, claim)


def _show_marked(report: Document, claim: Evidence) -> None:
    """Show the paragraphs before the sentence's, that one with the sentence marked, and those after it."""
    from_, to = claim.start - len(claim.before), claim.end + len(claim.after)
    first, last = max(0, from_ - _REPORT), to + _REPORT
    if first > 0 or last < len(report.text):
        st.caption(texts.REPORT_CUT.format(n=_REPORT))
    if before := report.text[first:from_].strip():
        st.text(before)
    _show_paragraph("report", claim.before, claim.sentence, claim.after)
    if after := report.text[to:last].strip():
        st.text(after)
