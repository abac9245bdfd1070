"""The checks: whatever goes wrong with a shop day is named."""

from dataclasses import replace

import pytest

from demos.retail_demographics.checks import checks


def problems(account):
    return [check.advice for check in checks(account) if not check.passed]


def test_a_good_day_has_no_problem(account):
    assert problems(account) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"frames_lost": ("a/b/c",)}, "1 file lost: sent, but in no view and no reject: 'a/b/c'"),
        ({"frames_counted_twice": ("x",) * 5}, "5 files counted more than once in the views"),
        ({"good_files_rejected": ("x",)}, "rejected, though they are good pictures"),
        ({"bad_files_missing": ("x",)}, "bad files that vanished"),
        ({"other_reasons": ("'a' is gone, not empty",)}, "'a' is gone, not empty"),
        ({"faces_in_views": 513}, "the view faces has 513 rows where Rekognition reported 512"),
        ({"dead_letters": 2}, "2 messages in the dead-letter queue"),
        ({"frames_left_in_bucket": 4}, "4 counted frames still in the bucket"),
        ({"refused": ("AccessDenied: not you",)}, "AWS refused: AccessDenied"),
    ],
)
def test_what_went_wrong_is_named(account, change, said):
    (problem,) = problems(replace(account, **change))
    assert said in problem


def test_a_long_list_of_keys_is_cut_short(account):
    (problem,) = problems(replace(account, frames_lost=("a", "b", "c", "d", "e")))
    assert problem.endswith("'a', 'b', 'c' and 2 more")
