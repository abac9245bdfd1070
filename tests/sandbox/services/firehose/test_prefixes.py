"""Expressions in prefixes, as Firehose's guide shows them."""

from datetime import UTC, datetime

import pytest

from sandbox.services.firehose import prefixes

NOON = datetime(2026, 8, 7, 10, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("prefix", "keys", "becomes"),
    [
        ("", {}, "2026/08/07/10/"),
        ("visits/", {}, "visits/2026/08/07/10/"),
        ("d=!{timestamp:yyyy-MM-dd}/", {}, "d=2026-08-07/"),
        ("!{timestamp:'year='yyyy'/m='MM}/", {}, "year=2026/m=08/"),
        ("!{timestamp:yy''HH}/", {}, "26'10/"),
        ("!{partitionKeyFromLambda:shop}/", {"shop": "a b"}, "a b/2026/08/07/10/"),
        (
            "!{partitionKeyFromLambda:shop}/!{timestamp:HHmmss}",
            {"shop": "x"},
            "x/100509",
        ),
    ],
)
def test_a_prefix_is_evaluated(prefix, keys, becomes):
    assert prefixes.evaluated(prefix, NOON, keys) == becomes


def test_every_random_string_is_another():
    first, second = prefixes.evaluated("!{firehose:random-string}/" * 2, NOON, {}).split("/")[:2]
    assert len(first) == len(second) == 11
    assert first != second


@pytest.mark.parametrize(
    ("error_prefix", "becomes"),
    [
        ("", "raw/processing-failed/2026/08/07/10/"),
        ("bad/!{firehose:error-output-type}/", "bad/processing-failed/"),
        ("!{firehose:error-output-type}/!{timestamp:yyyy}/", "processing-failed/2026/"),
    ],
)
def test_a_prefix_of_errors_is_evaluated(error_prefix, becomes):
    assert prefixes.error_evaluated(error_prefix, "raw/", "processing-failed", NOON) == becomes


@pytest.mark.parametrize(
    ("prefix", "error_prefix", "is_partitioned", "says"),
    [
        ("!{firehose:error-output-type}/", "e/", False, "Prefix cannot contain"),
        ("!{timestamp:yyyy}/", "", False, "cannot be null or empty"),
        ("a/", "!{timestamp:yyyy}/", False, "must contain !{firehose:error-output-type}"),
        (
            "!{partitionKeyFromLambda:a}/",
            "!{firehose:error-output-type}/!{partitionKeyFromLambda:a}/",
            True,
            "cannot use the namespace",
        ),
        ("a/", "e/", True, "needs partition keys"),
        ("!{partitionKeyFromLambda:a}/", "e/", False, "is not enabled"),
        ("!{partitionKeyFromQuery:a}/", "e/", True, "does not evaluate"),
        ("!{timestamp:yyyy/MMM}/", "e/", False, "does not write the time by 'MMM'"),
        ("!{timestamp:'yyyy}/", "e/", False, "a quote that does not close"),
    ],
)
def test_what_contradicts_itself_is_refused(prefix, error_prefix, is_partitioned, says):
    with pytest.raises(prefixes.PrefixError, match=says):
        prefixes.check(prefix, error_prefix, is_partitioned=is_partitioned)
