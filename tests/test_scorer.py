"""The linear scorer: what it sums, what it reads and writes."""

import doctest
import math

import pytest

from geo import scorer
from geo.scorer import Scorer

SMALL = Scorer(-1.0, {"a": 2.0, "b": -0.5})


@pytest.mark.parametrize(
    ("features", "odds"),
    [
        ([], -1.0),
        (["a"], 1.0),
        (["a", "b"], 0.5),
        (["a", "a"], 3.0),
        (["never seen"], -1.0),
        ({"a": 0.25, "b": 2.0}, -1.5),
        ({"never seen": 9.0}, -1.0),
        ((name for name in ("a", "b")), 0.5),
    ],
)
def test_log_odds_are_the_bias_and_the_weights_of_what_is_there(features, odds):
    assert SMALL.log_odds(features) == odds


@pytest.mark.parametrize(("odds", "probability"), [(0.0, 0.5), (math.log(3), 0.75), (-math.log(3), 0.25)])
def test_probability_is_the_logistic_of_the_log_odds(odds, probability):
    assert Scorer(odds, {}).probability([]) == pytest.approx(probability)


@pytest.mark.parametrize(("odds", "probability"), [(1e6, 1.0), (-1e6, 0.0)])
def test_probability_of_what_is_certain_does_not_overflow(odds, probability):
    assert Scorer(odds, {}).probability([]) == probability


def test_the_order_of_the_features_changes_nothing():
    weights = {"big": 1e16, "small": 1.0, "minus": -1e16}
    names = list(weights)
    assert Scorer(0.0, weights).log_odds(names) == Scorer(0.0, weights).log_odds(["big", "minus", "small"]) == 1.0


def test_weights_are_read_back_as_written_and_rounded(tmp_path):
    path = tmp_path / "weights.json"
    Scorer(0.123456, {"é": 1.00004, "a": -2.0, "nothing": 0.00001}).write(path)
    assert Scorer.read(path) == Scorer(0.1235, {"a": -2.0, "é": 1.0})
    assert path.read_text(encoding="utf-8").splitlines()[3:5] == ['"a": -2.0,', '"é": 1.0']


def test_a_scorer_that_is_not_shipped_is_named():
    with pytest.raises(FileNotFoundError, match=r"nothing\.json"):
        Scorer.load("nothing")


def test_the_example_in_the_docstring_holds():
    assert doctest.testmod(scorer).failed == 0
