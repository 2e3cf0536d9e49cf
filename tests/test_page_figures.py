"""Figures over time on the page."""

import json
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from geo.page.figures import show_figures
from tests.pages import claim, generation, report
from tests.parts import captions, markdown_of, run_part, shown
from tests.test_hostile import HOSTILE


def told(number: int, quantity: float, **changes: Any) -> dict[str, Any]:
    figures = {"quantity": quantity, "unit": "km²", "quantity_of": "territory retaken"}
    return claim(claim_id=str(number), start=number, **(figures | changes))


def spec(page: AppTest) -> str:
    [chart] = page.get("vega_lite_chart")
    return str(chart.proto.spec)


def test_the_fullest_series_is_shown_first_and_others_can_be_chosen(tmp_path: Path) -> None:
    claims = [
        told(1, 2000.0, quantity_bound="at least", claimant="Kyiv"),
        told(2, 6000.0, quantity_high=7000.5),
        told(3, 20.0, unit="people", quantity_of="people killed", event_type="casualties"),
    ]
    page = run_part(show_figures, shown(generation(tmp_path, claims)))
    [series] = page.selectbox
    assert series.options == ["territory, Izyum, km²  (2)", "people killed, Izyum, people  (1)"]
    table = page.dataframe[0].value
    assert table.told.tolist() == ["at least 2,000", "6,000–7,000.5"]
    assert table.claimant.tolist() == ["Kyiv", "the report itself"]
    assert table.report.tolist() == ["one.txt", "one.txt"]
    series.select_index(1).run()
    assert not page.exception
    assert page.dataframe[0].value.told.tolist() == ["20"]


def test_two_series_of_one_name_can_be_told_apart(tmp_path: Path) -> None:
    claims = [told(1, 1.0), told(2, 2.0, event_type="withdrawal"), told(3, 3.0, place_id="another")]
    page = run_part(show_figures, shown(generation(tmp_path, claims)))
    assert len(set(page.selectbox[0].options)) == 3


def test_data_is_in_the_values_alone(tmp_path: Path) -> None:
    tables = {
        "claims": [
            told(
                n,
                5.0,
                quantity_bound=words,
                unit=words,
                quantity_of=words,
                claimant=words,
                status=words,
                place_name=words,
                report_id=f"r{n}",
                origin_id=f"o{n}",
            )
            for n, words in enumerate(HOSTILE)
        ],
        "reports": [report(report_id=f"r{n}", origin=words) for n, words in enumerate(HOSTILE)],
    }
    page = run_part(show_figures, shown(generation(tmp_path, **tables)))
    description = spec(page)
    assert json.loads(description)["layer"]
    assert not any(words in text for words in HOSTILE for text in (description, markdown_of(page)))
    for n in range(len(HOSTILE)):
        page.selectbox[0].select_index(n).run()
        assert not page.exception
        assert spec(page) == description


def test_without_figures_the_page_says_so(tmp_path: Path) -> None:
    page = run_part(show_figures, shown(generation(tmp_path, [claim()])))
    assert "Not one claim in view tells a figure." in captions(page)
