"""What the roles of a deployed stack may do, and the proof that they need it: to take it away."""

import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from typing import Any, NamedTuple

from sandbox.host.client import Sandbox

HASH = re.compile("[0-9A-F]{8}$")  # the end of a logical id, by which the CDK makes it unique
# A policy must allow something; this needs no permission.
QUIET = {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}

Refusal = re.Pattern[str]
Denials = Callable[[Refusal], int]  # counts how often a refusal has shown so far


class Right(NamedTuple):
    """One action on one resource, where a role's policy grants it; ``on`` is for people."""

    role: str
    action: str
    resource: str
    on: str
    policy: str
    number: int

    def __str__(self) -> str:
        return f"{self.action} on {self.on}"


class Rights:
    """What every role of a stack may do, right by right, each of which can be taken away."""

    def __init__(self, sandbox: Sandbox, stack: str) -> None:
        self._sandbox, self._iam = sandbox, sandbox.client("iam")
        cloudformation = sandbox.client("cloudformation")
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        found = [resource for page in pages for resource in page["StackResourceSummaries"]]
        names = {re.split("[:/]", r["PhysicalResourceId"])[-1]: r for r in found}
        self._labels = {name: HASH.sub("", r["LogicalResourceId"]) for name, r in names.items()}
        self._roles = {
            self._labels[name].removesuffix("Role"): name
            for name, resource in names.items()
            if resource["ResourceType"] == "AWS::IAM::Role"
        }
        self._documents = {
            (role, policy): self._iam.get_role_policy(RoleName=name, PolicyName=policy)[
                "PolicyDocument"
            ]
            for role, name in self._roles.items()
            for policy in self._iam.list_role_policies(RoleName=name)["PolicyNames"]
        }
        self.all = [
            Right(role, action, resource, self._called(resource, statement), policy, number)
            for (role, policy), document in self._documents.items()
            for number, statement in enumerate(document["Statement"])
            for action, resource in product(*granted(statement))
        ]

    @property
    def roles(self) -> set[str]:
        """Name every role of the stack, those without a policy too."""
        return set(self._roles)

    def of(self, role: str) -> list[Right]:
        """List the rights of one role."""
        return [right for right in self.all if right.role == role]

    def named(self, label: str) -> str:
        """Give the name of the resource that the stack calls so."""
        return next(name for name, called in self._labels.items() if called == label)

    def arn(self, role: str) -> str:
        """Give the ARN of a role."""
        found: str = self._iam.get_role(RoleName=self._roles[role])["Role"]["Arn"]
        return found

    def refusal(self, right: Right) -> Refusal:
        """Match what AWS says to the role that lacks a right: who, what, and on what."""
        resource = re.escape(right.resource).replace(r"\*", ".*")
        who = rf":assumed-role/{self._roles[right.role]}/\S+ is not authorized to perform: "
        return re.compile(f"{who}{right.action} on resource: {resource}", re.DOTALL)

    @contextmanager
    def without(self, *taken: Right) -> Iterator[None]:
        """Take rights away, and nothing else of their statements."""
        lacking = defaultdict(set)
        for right in taken:
            lacking[right.role, right.policy, right.number].add((right.action, right.resource))
        places = {(role, policy) for role, policy, _ in lacking}
        for place in places:
            document = self._documents[place]
            kept = [
                left
                for number, statement in enumerate(document["Statement"])
                for left in less(statement, lacking[(*place, number)])
            ]
            self._write(*place, {**document, "Statement": kept or [QUIET]})
        try:
            yield
        finally:
            for place in places:
                self._write(*place, self._documents[place])

    def is_missed(
        self,
        right: Right,
        exercise: Callable[[], str | None],
        *,
        denials: Denials,
        refusal: Refusal | None = None,
        seconds: float = 10,
    ) -> bool:
        """Take a right away, do what needs it, and tell whether anything says so in time.

        ``exercise`` may return what AWS answers at once; ``denials`` looks wherever else a refusal
        of this stack shows. ``refusal`` is for the few places that AWS's own words do not reach.
        """
        words = refusal or self.refusal(right)
        before, end = denials(words), time.monotonic() + seconds
        with self.without(right):
            missed = bool(words.search(exercise() or ""))
            while not missed and time.monotonic() < end:
                self._sandbox.pass_time()
                missed = denials(words) > before
        return missed

    def _called(self, arn: str, statement: Mapping[str, Any]) -> str:
        """Call a resource what the stack calls it, and say for which service it is."""
        called = arn.split(":", 5)[-1]
        for name in sorted(self._labels, key=len):  # a long name is the more telling one
            if found := re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", arn):
                called = self._labels[name] + arn[found.end() :]
        for condition in statement.get("Condition", {}).values():
            for value in condition.values():
                text = value if isinstance(value, str) else value[0]
                called += f" for {text.split(':')[2] if ':' in text else text.split('.')[0]}"
        return called

    def _write(self, role: str, policy: str, document: Mapping[str, Any]) -> None:
        self._iam.put_role_policy(
            RoleName=self._roles[role],
            PolicyName=policy,
            PolicyDocument=json.dumps(document),
        )


def granted(statement: Mapping[str, Any]) -> list[list[str]]:
    """List the actions and the resources of a statement, either of which may be one text."""
    parts = statement["Action"], statement["Resource"]
    return [[part] if isinstance(part, str) else part for part in parts]


def less(
    statement: Mapping[str, Any], taken: Collection[tuple[str, str]]
) -> Iterator[Mapping[str, Any]]:
    """Spell a statement without some of its pairs of an action and a resource."""
    if not taken:
        yield statement
        return
    actions, resources = granted(statement)
    for action in actions:
        if kept := [resource for resource in resources if (action, resource) not in taken]:
            yield {**statement, "Action": action, "Resource": kept}
