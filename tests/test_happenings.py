"""Which word tells a happening, and which place it is tied to."""

import pytest

from geo.happenings import find_triggers
from geo.language import load_language
from geo.model import Document, EventType


def triggers(text: str, model: str | None = None) -> list[tuple[str, EventType]]:
    sentence = load_language(model).parse(Document("id", "name", text)).sentences[0]
    return [(t.lemma, t.kind) for t in find_triggers(sentence.doc)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rebels captured the town.", [("capture", EventType.CONTROL_CHANGE)]),
        ("Rebels won back the town.", [("win back", EventType.CONTROL_CHANGE)]),
        ("The fighting died down.", [("fighting", EventType.BATTLE)]),
        ("She took photographs.", []),
        ("The storm tore roofs off, and floods followed.",
         [("storm", EventType.DISASTER), ("tear off", EventType.DAMAGE), ("flood", EventType.DISASTER)]),
    ],
)  # fmt: skip
def test_triggers(text, expected):
    assert triggers(text) == expected


def test_triggers_without_a_model():
    assert triggers("Rebels captured the town.", "none") == [("capture", EventType.CONTROL_CHANGE)]
