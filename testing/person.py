"""Somebody in a role that has a policy of the docs, or all of it but one right."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from testing.operator import Operator

POLICIES = Path(__file__).parents[1] / "docs" / "policies"
Statements = Sequence[Mapping[str, Any]]


class Person:
    """A role of its own in the sandbox, gone with ``leave``.

    ``policy`` is a file of ``docs/policies``, whose ``<places>`` are filled with the outputs of the
    operator's stack, by name, and with what the account says of itself.
    """

    def __init__(self, operator: Operator, policy: str, *, stack: str) -> None:
        self._operator, self.name = operator, policy
        self._iam, self._sts = operator.sandbox.client("iam"), operator.sandbox.client("sts")
        _, partition, *_, account, root = self._sts.get_caller_identity()["Arn"].split(":")
        group = operator.athena.get_work_group(WorkGroup=operator.outputs["WorkgroupName"])
        answers = group["WorkGroup"]["Configuration"]["ResultConfiguration"]["OutputLocation"]
        place = {
            **operator.outputs,
            **{f"name in {n}": url.rpartition("/")[2] for n, url in operator.outputs.items()},
            **{"partition": partition, "account": account, "region": self._sts.meta.region_name},
            **{"stack name": stack, "query results bucket": urlsplit(answers).netloc},
            "stack name in lower case": stack.lower(),
        }
        text = (POLICIES / f"{policy}.json").read_text(encoding="utf-8")
        filled = re.sub("<([^>]+)>", lambda found: place[found[1]], text)
        self.statements: Statements = json.loads(filled)["Statement"]
        trust = {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:{partition}:iam::{account}:{root}"},
                "Action": "sts:AssumeRole",
            },
        }
        made = self._iam.create_role(RoleName=policy, AssumeRolePolicyDocument=json.dumps(trust))
        keys = self._sts.assume_role(RoleArn=made["Role"]["Arn"], RoleSessionName=policy)
        given = keys["Credentials"]
        self._keys = {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }
        self.may(self.statements)

    def may(self, statements: Statements) -> None:
        """Give the role these rights and no others."""
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        self._iam.put_role_policy(RoleName=self.name, PolicyName="docs", PolicyDocument=policy)

    def lacking(self) -> Iterator[str]:
        """Yield each statement and action of the policy while that one is taken away."""
        for place, statement in enumerate(self.statements):
            actions = statement["Action"]
            actions = [actions] if isinstance(actions, str) else actions
            for action in actions:
                kept = [s for n, s in enumerate(self.statements) if n != place]
                if others := [other for other in actions if other != action]:
                    kept.append({**statement, "Action": others})
                self.may(kept)
                yield f"{statement['Sid']} {action}"
        self.may(self.statements)

    def client(self, service: str, **_config: Any) -> Any:
        """Make a client that signs as this person."""
        return self._operator.sandbox.client(service, credentials=self._keys)

    def ask(self, sql: str) -> list[dict[str, Any]]:
        """Run a query."""
        as_root, self._operator.athena = self._operator.athena, self.client("athena")
        try:
            return self._operator.ask(sql)
        finally:
            self._operator.athena = as_root

    def saved_queries(self) -> dict[str, str]:
        """Read the queries that the stack's workgroup offers: their SQL by name."""
        athena, group = self.client("athena"), self._operator.outputs["WorkgroupName"]
        ids = athena.list_named_queries(WorkGroup=group)["NamedQueryIds"]
        first = athena.get_named_query(NamedQueryId=ids[0])["NamedQuery"]
        rest = athena.batch_get_named_query(NamedQueryIds=ids[1:])["NamedQueries"]
        return {found["Name"]: found["QueryString"] for found in (first, *rest)}

    def leave(self) -> None:
        """Remove the role."""
        self._iam.delete_role_policy(RoleName=self.name, PolicyName="docs")
        self._iam.delete_role(RoleName=self.name)
