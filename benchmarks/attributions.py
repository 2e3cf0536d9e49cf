"""Cues and speakers on PolNeAR's development part.

    python benchmarks/attributions.py --shared ../shared [--misses]

A cue is found where one of ours lies inside an annotated cue of the same document; F1 over all. Among the cues found,
the speaker is right where the word that stands for him lies inside the annotated source. Attributions without a cue or
without a source in the text are left out, as are headlines: they count neither as missed nor, where found, as wrong.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crossval import macro

from geo.attribution import find_attributions
from geo.language import Language, load_language
from geo.model import Document
from geo.text import SentenceKind

Cue = tuple[bool, bool, bool]
"""Whether it is annotated, whether we found it, whether its speaker is right."""


def main() -> int:
    """Print cue F1 and the share of right speakers with their intervals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--misses", action="store_true")
    args = parser.parse_args()
    language = load_language()
    with (args.shared / "bench" / "claims" / "polnear_dev.jsonl").open(encoding="utf-8") as lines:
        documents = [compare(json.loads(line), language, show=args.misses) for line in lines]
    f1, low, high = macro(cue_f1, [documents])
    print(f"cue F1 {f1:.3f} [{low:.3f}, {high:.3f}]", end="; ")
    share, low, high = macro(right_speakers, [documents])
    print(f"speaker right given the cue {share:.3f} [{low:.3f}, {high:.3f}]; {len(documents)} documents")
    return 0


def compare(record: dict[str, Any], language: Language, *, show: bool) -> list[Cue]:
    """Return every cue of a document, annotated or found."""
    text = record["text"]
    parsed = language.parse(Document(record["id"], record["id"], text))
    body = [s for s in parsed.sentences if s.kind is SentenceKind.BODY]
    truth = [
        a for a in record["attributions"] if a["cue"] and a["source"] and any(_in(s, a["cue"][0][0]) for s in body)
    ]
    ours = []
    for sentence, found in zip(parsed.sentences, find_attributions(parsed), strict=True):
        for attribution in {a.cue_index: a for a in found if a.cue_index >= 0}.values():
            cue = sentence.start + sentence.doc[attribution.cue_index].idx
            who = attribution.speaker_index
            ours.append((cue, sentence.start + sentence.doc[who].idx if who >= 0 else -1))
    cues: list[Cue] = []
    for annotated in truth:
        matches = [speaker for cue, speaker in ours if _inside(annotated["cue"], cue)]
        right = any(_inside(annotated["source"], speaker) for speaker in matches)
        cues.append((True, bool(matches), right))
        if show and not (matches and right):
            (start, end), around = annotated["cue"][0], 70
            print("cue" if not matches else "speaker", repr(text[max(0, start - around) : end + around]))
    cues += [(False, True, False) for cue, _ in ours if not any(_inside(a["cue"], cue) for a in record["attributions"])]
    return cues


def _in(sentence: Any, offset: int) -> bool:
    return bool(sentence.start <= offset < sentence.end)


def _inside(spans: Sequence[Sequence[int]], offset: int) -> bool:
    return any(start <= offset < end for start, end in spans)


def cue_f1(documents: Sequence[list[Cue]]) -> float:
    """Return the F1 of cues."""
    cues = [cue for document in documents for cue in document]
    hits = sum(annotated and found for annotated, found, _ in cues)
    return 2 * hits / (sum(a for a, _, _ in cues) + sum(f for _, f, _ in cues))


def right_speakers(documents: Sequence[list[Cue]]) -> float:
    """Return the share of right speakers among the cues found."""
    met = [right for document in documents for annotated, found, right in document if annotated and found]
    return sum(met) / len(met)


if __name__ == "__main__":
    raise SystemExit(main())
