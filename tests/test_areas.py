"""Regions by their codes, and areas that are only parts of one."""

import pytest

from geo.areas import first_order_name, is_second_order


@pytest.mark.parametrize(
    ("codes", "name"), [(("UA", "07"), "Kharkiv region"), (("CA", "08"), "Ontario"), (("UA", ""), ""), (("", "07"), "")]
)
def test_a_region_has_the_name_of_its_codes(codes: tuple[str, str], name: str) -> None:
    assert first_order_name(*codes) == name


@pytest.mark.parametrize(
    ("place_id", "is_part"),
    [("gn:12189508", True), ("gn:6093943", False), ("dl:kharkiv-region", False), ("country:UA", False), ("", False)],
)
def test_a_district_is_only_part_of_a_region(place_id: str, is_part: bool) -> None:
    assert is_second_order(place_id) is is_part
