import pytest

from geo.credits import wire_credit


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("KYIV, Sept 13 (Reuters) – Text", "Reuters"),
        ("KYIV, Ukraine (AP) — Text", "AP"),
        ("MOSCOW, September 13. /TASS/. Text", "TASS"),
        ("Text.\n(Additional reporting by A, B and other Reuters reporters; Editing by C)", "Reuters"),
        ("Text.\nOur standards: The Thomson Reuters Trust Principles.", "Reuters"),
        ("Text.\nSource: Associated Press", "AP"),
        ("Text.\nAFP contributed to this report.", "AFP"),
        ("Text.\n\nAFP\n", "AFP"),
        ("She told Reuters on Tuesday.", ""),
        ("Reuters could not verify the reports.", ""),
        ("A caption\nAFP\n" + "Text.\n" * 5, ""),
        ("By Reuters' count they lost two hundred and forty tanks in the first four weeks of it.", ""),
        ("", ""),
    ],
)
def test_a_wire_credit_is_read(text: str, agency: str) -> None:
    assert wire_credit(text) == agency
