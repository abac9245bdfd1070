"""What fault rules may say, and that they strike as often as they say."""

import pytest

from sandbox.faults.call_names import why_never
from sandbox.faults.rules import Rulebook, parse


@pytest.mark.parametrize(
    ("rules", "complaint"),
    [
        ({}, "faults are a list of rules, not dict"),
        (["s3:*"], "fault rule 1 is an object, not str"),
        ([{"rate": 1}], "names none of kill_function, interrupt_spot, event, action"),
        ([{"action": "s3:*", "code": "X", "chance": 1}], "unknown key 'chance'; allowed: action"),
        ([{"action": "s3:*", "code": "X", "rate": 1.5}], "rate is 1.5, allowed: 0 to 1"),
        ([{"action": "s3:*", "code": "X", "rate": "1"}], "rate cannot be '1'"),
        ([{"action": "s3:*", "code": "X", "times": True}], "times cannot be True"),
        ([{"action": "s3:*", "code": "X", "delay": -1}], "delay is -1, allowed: 0 or more"),
        ([{"action": "s3:*", "code": "X", "status": 200}], "status is 200, allowed: 400 to 599"),
        ([{"action": "s3:*"}], "does nothing; give it a code or a delay"),
        ([{"event": "sqs"}], "does nothing; give it duplicate or shuffle"),
        ([{"event": "sns", "shuffle": True}], "event is 'sns', allowed: 'sqs', 'eventbridge'"),
        ([{"event": "eventbridge"}], "does nothing; give it duplicate or shuffle or lose or fail"),
        ([{"event": "sqs", "lose": 1}], "lose is for the event 'eventbridge' only"),
        ([{"event": "eventbridge", "lose": 2}], "lose is 2, allowed: 0 to 1"),
        ([{"action": "a", "code": "X"}, {"action": "b"}], "fault rule 2 does nothing"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_what_is_allowed(rules, complaint):
    with pytest.raises(ValueError, match=complaint):
        parse(rules)


def test_refused_rules_leave_the_old_ones_in_force():
    book = Rulebook()
    book.replace([{"action": "s3:*", "code": "SlowDown"}])
    with pytest.raises(ValueError, match="unknown key"):
        book.replace([{"action": "s3:*", "code": "X", "nonsense": 1}])
    assert [rule["code"] for rule in book.described()] == ["SlowDown"]


def strikes(seed, rate=0.3, occasions=1000):
    [rule] = parse([{"action": "s3:*", "code": "X", "rate": rate, "seed": seed}])
    return [rule.strikes() for _ in range(occasions)]


def test_a_seed_repeats_the_same_strikes():
    assert strikes(7) == strikes(7)
    assert strikes(7) != strikes(8)


def test_a_rate_is_kept_about():
    assert 250 < sum(strikes(7)) < 350
    assert sum(strikes(7, rate=0)) == 0
    assert sum(strikes(7, rate=1)) == 1000


def test_a_rule_is_spent_after_its_times():
    [rule] = parse([{"action": "s3:*", "code": "X", "times": 2}])
    assert [rule.strikes() for _ in range(4)] == [True, True, False, False]
    assert rule.described()["hits"] == 2


def test_rules_shown_can_be_given_back():
    parse([rule.described() for rule in parse([{"action": "s3:*", "code": "X"}])])


@pytest.mark.parametrize(
    ("code", "status"),
    [("SlowDown", 503), ("InternalError", 500), ("ThrottlingException", 400)],
)
def test_a_well_known_error_has_its_usual_status(code, status):
    [rule] = parse([{"action": "s3:*", "code": code}])
    assert rule.status == status


def test_an_action_is_matched_by_wildcards_and_case():
    [rule] = parse([{"action": "s3:Get*", "code": "X"}])
    assert rule.concerns("s3:GetObject")
    assert not rule.concerns("s3:PutObject")
    assert not rule.concerns("S3:GetObject")


def test_a_rule_about_a_resource_speaks_of_no_other():
    [rule] = parse([{"action": "s3:*", "resource": "*/documents/*", "code": "X"}])
    assert rule.concerns("s3:PutObject", "bucket/documents/a")
    assert not rule.concerns("s3:PutObject", "bucket/texts/a")
    assert not rule.concerns("s3:PutObject"), "a service calls by itself"


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({"action": "s3:GetObjekt", "code": "X"}, "s3 has no call 'GetObjekt'"),
        ({"action": "S3:GetObject", "code": "X"}, "there is no service 'S3'"),
        ({"action": "dynamo:*", "code": "X"}, "there is no service 'dynamo'"),
        ({"action": "states:DescribeExecutions", "code": "X"}, "states has no call"),
        ({"kill_function": "F", "action": "s3:Fetch"}, "s3 has no call 'Fetch'"),
        ({"action": "s3:*", "code": "X", "rate": 0}, "its rate is 0"),
        ({"action": "s3:*", "code": "X", "times": 0}, "its times is 0"),
    ],
)
def test_a_rule_that_can_never_strike_says_so(rule, why):
    with pytest.raises(ValueError, match=f"fault rule 1 can never strike: .*{why}"):
        Rulebook(why_never).replace([rule])


@pytest.mark.parametrize(
    "action",
    [
        "*", "*:Put*", "s3:*", "s3:DeleteObjects", "lambda:InvokeFunction", "sqs:SendMessageBatch",
        "states:StartExecution", "cloudwatch:PutMetricData", "kms:GenerateDataKey", "kms:*",
        "glue:Create*", "athena:StartQueryExecution", "logs:PutLogEvents",
    ],
)  # fmt: skip
def test_a_rule_that_may_strike_is_taken(action):
    Rulebook(why_never).replace([{"action": action, "code": "X"}])
