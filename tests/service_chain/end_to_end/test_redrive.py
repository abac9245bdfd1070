"""Whatever fails on its way is sent again: by one command, as the page says."""

import json
from contextlib import contextmanager

from operations.redrive import redrive
from testing.page_commands import commands, typed

STACK, PAGE = "ServiceChain", "service_chain.md"
TEXT = b"The delivery was fast and the driver was very friendly."


def test_events_that_have_no_source_queue_keep_nothing_else_from_being_redriven(calm):
    """EventBridge wrote one itself; SQS moved another; a document failed."""
    calm.redeliver_after(seconds=1)
    calm.sandbox.faults([{"event": "eventbridge", "source": "aws.s3", "fail": 1.0}])
    lost = calm.drop("redrive/lost.txt", TEXT)
    calm.wait_for(lambda: calm.dead_letters() == 1)
    calm.sandbox.faults([])
    calm.sqs.send_message(QueueUrl=calm.outputs["QueueUrl"], MessageBody="no event")
    failed = calm.drop("redrive/failed.txt", b"")
    calm.wait_for(lambda: calm.dead_letters() == 2)
    calm.finished([failed])

    done = redrive(calm.session(), STACK, refused_too=True)
    assert not any(outcome.has_failed for outcome in done.values())
    assert done["DeadLetterQueueUrl"].total == 2
    assert done["failures/"].total >= 1
    assert "insights" in calm.finished([lost])[lost]


def test_one_place_that_fails_keeps_no_other_from_its_turn(calm):
    failed = calm.drop("redrive/again.txt", b"")
    calm.finished([failed])
    calm.sandbox.faults(
        [
            {"action": "sqs:GetQueueAttributes", "code": "AccessDenied"},
            {"action": "sqs:ReceiveMessage", "code": "AccessDenied"},
        ]
    )
    done = redrive(calm.session(), STACK, refused_too=True)
    calm.sandbox.faults([])
    for place in ("DeadLetterQueueUrl", "UndeliveredQueueUrl"):
        (why,) = done[place].left
        assert "AccessDenied" in why
    assert done["failures/"].total >= 1


def test_a_rule_whose_role_was_broken_is_mended_by_the_page_word_for_word(calm):
    plan, do = commands(PAGE, "Redrive")
    calm.sandbox.faults([{"action": "comprehend:DetectDominantLanguage", "delay": 5.0}])
    name = calm.drop("redrive/stopped.txt", TEXT)
    calm.wait_for(lambda: any(e["name"].startswith(name) for e in calm.running()))
    url = calm.outputs["UndeliveredQueueUrl"]
    with _without_rights(calm, "ChainEnded"):
        calm.states.stop_execution(executionArn=calm.execution(name), cause="an operator")
        calm.wait_for(lambda: calm.depth(url))
        assert "states:StartExecution" in typed(calm.sandbox, plan)
    calm.sandbox.faults([])
    assert name not in calm.ids("failures/")
    assert "replayed to" in typed(calm.sandbox, do)
    calm.wait_for(lambda: name in calm.ids("failures/"))
    assert "started again" in typed(calm.sandbox, do)
    assert "insights" in calm.finished([name])[name]
    assert not calm.depth(url)


@contextmanager
def _without_rights(office, rule):
    """Take the policies of a rule's role away, and put them back."""
    iam = office.sandbox.client("iam")
    pages = iam.get_paginator("list_roles").paginate()
    names = [role["RoleName"] for page in pages for role in page["Roles"]]
    (role,) = [name for name in names if name.startswith(f"{STACK}-") and f"{rule}Role" in name]
    found = {
        policy: iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
        for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]
    }
    assert found
    for policy in found:
        iam.delete_role_policy(RoleName=role, PolicyName=policy)
    yield
    for policy, document in found.items():
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document))
