"""Wildcards of policies."""

import pytest
from ministack.core import iam_evaluator

from sandbox.iam.wildcards import across_lines

match = across_lines(iam_evaluator._fnmatch_compile)


@pytest.mark.parametrize("key", ["a\nb", "\n", "a\r\nb", "a b\n"])
def test_a_key_with_a_line_break_is_in_its_bucket(key):
    assert match("bucket/*", False).match(f"bucket/{key}")
    assert match("bucket/?*", False).match(f"bucket/{key}")


def test_nothing_else_matches_more_than_before():
    assert not match("bucket/a", False).match("bucket/a\n")
    assert not match("bucket/a", False).match("bucket/A")
    assert match("s3:get*", True).match("s3:GetObject")
