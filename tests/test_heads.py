"""Titles and days that a report's head prints."""

from datetime import date

import pytest

from geo import heads
from geo.heads import find_title, full_dates, printed_day, wire_day, written_day


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Army takes town\n\nThe army said so.", "Army takes town"),
        ("\n\n  Army takes town  \n\nText.", "Army takes town"),
        ("Accessibility links\n\nBreaking News\n\nArmy takes town\n\nText.", "Army takes town"),
        ("The army took the town.\n\nMore.", ""),
        ("word " * 50, ""),
        ("KYIV, Sept 13 (Reuters) – Army takes town", ""),
        ("Tuesday, 13 September 2022\nText", ""),
        ("Word\n\nText", ""),
    ],
)
def test_a_title_is_the_first_line_that_reads_like_a_headline(text: str, title: str) -> None:
    assert find_title(text) == title


@pytest.mark.parametrize(
    "head",
    [
        " date 2022-09-13 The army vowed",
        "Army takes town\nPublished: 2022-09-13T10:00:00Z\n\nText",
        "Army takes town\nPublished on 13 September 2022\nText",
        "Tuesday, 13 September 2022\nText",
        "By Jane Doe, September 13, 2022\nText",
        "By Jane Doe | Sept. 13, 2022 14:05 GMT\nText",
        "Kyiv, 13 September 2022 - The army vowed",
        "First published Tue, 13 Sep 2022, 2:05 pm BST\nText",
        "12 September 2022\nPublished: 13 September 2022",
    ],
)
def test_a_printed_day_is_read(head: str) -> None:
    assert printed_day(head) == date(2022, 9, 13)


@pytest.mark.parametrize(
    "head",
    [
        "On 24 February 2022 Russia invaded.",
        "A photo taken February 24, 2022",
        "FILE: A woman. Taken 4.2.2022",
        "Since the invasion of 24 February 2022, nothing has moved.",
        "The massacre of February 24, 2022",
        "Published: 2022-13-45",
        "x" * 600 + "\n13 September 2022\n",
        "No date at all",
    ],
)
def test_a_day_that_is_not_the_reports_own_is_left(head: str) -> None:
    assert printed_day(head) is None


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("ON THE ROAD TO BALAKLIIA, Ukraine, Sept 13 (Reuters) – Text", (None, 9, 13)),
        ("KYIV, Sept. 13 (AP) — Text", (None, 9, 13)),
        ("Kyiv, 13 September (AFP) - Text", (None, 9, 13)),
        ("MOSCOW, September 13. /TASS/. Text", (None, 9, 13)),
        ("KYIV, Sept 13, 2022 (Reuters) – Text", (2022, 9, 13)),
        ("Headline\n\n• point\n\nKYIV, Sept 13 (Reuters) – Text", (None, 9, 13)),
        ("Kyiv in May 3 - Text", None),
        ("He said, on May 12 - a day", None),
        ("He met her in Kyiv, Sept 13 was the day", None),
    ],
)
def test_a_wire_dateline_is_read(line: str, found: tuple[int | None, int, int] | None) -> None:
    assert wire_day(line) == found


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2022-09-13", date(2022, 9, 13)),
        ("2022-09-13T23:30:00+02:00", date(2022, 9, 13)),
        ("Tue, 13 Sep 2022 10:00:00 GMT", date(2022, 9, 13)),
        ("Sept. 13, 2022 7:58 AM ET", date(2022, 9, 13)),
        ("2022-09-13 to 2022-09-14", None),
        ("2022-02-30", None),
        ("13 Sept", None),
        ("yesterday", None),
        ("", None),
        (" " * 60 + "2022-09-13", None),
    ],
)
def test_a_field_for_a_date_names_one_day(words: str, day: date | None) -> None:
    assert written_day(words) == day


def test_full_dates_come_in_their_order() -> None:
    assert full_dates("On 3 May 2022 and 2021-01-02, not 2022-13-01.") == [date(2022, 5, 3), date(2021, 1, 2)]


def test_public_names_exist() -> None:
    assert all(hasattr(heads, name) for name in heads.__all__)
