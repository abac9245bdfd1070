"""What the tests share: each architecture is synthesized once per run, one sandbox serves all."""

import base64
import copy
import json
import re
import time
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

import app as app_module  # first of ours: it chooses the Node that aws_cdk starts
from guardrails import gate
from sandbox import client
from sandbox.athena.tables import Entry

Template = dict[str, Any]

ASSET_HASH = re.compile(r"\b[0-9a-f]{64}\b")
NOTIFICATION = Path(__file__).parent / "runtime" / "events" / "object_created.json"
GLUE_TABLE = "AWS::Glue::Table"
PRESTO_VIEW = re.compile(r"/\* Presto View: (\S+) \*/")

# The machine that runs the tests may be busy with others; how long an example takes is no finding.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "golden: compares with a file that `make snapshots` writes")


class Clock:
    """A clock that only sleeping, and whoever holds it, moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        """Tell the time in seconds."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.sleeps.append(seconds)
        self.now += seconds


@pytest.fixture(scope="session")
def make_clock() -> Callable[[], Clock]:
    """Make a clock that stands still."""
    return Clock


@pytest.fixture(scope="session")
def make_record() -> Callable[..., dict[str, Any]]:
    """Make a record of a notification of S3's; what is said goes to its object."""
    recorded = json.loads(NOTIFICATION.read_text(encoding="utf-8"))["Records"][0]

    def make(**changes: Any) -> dict[str, Any]:
        made: dict[str, Any] = copy.deepcopy(recorded)
        made["s3"]["object"] |= changes
        return made

    return make


@pytest.fixture(scope="session")
def synthesize(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Build the real app, let the gate judge it, and return the folder it was written to."""

    def build(**arguments: Any) -> Path:
        out = tmp_path_factory.mktemp("cdk.out")
        gate(app_module.build_app(outdir=str(out), **arguments))
        return out

    return build


@pytest.fixture(scope="session")
def assembly(synthesize: Callable[..., Path]) -> Callable[[str], Path]:
    """Synthesize one architecture, once per run, as an account in an unknown Region gets it."""
    return cache(lambda name: synthesize(only=[name], region="unknown"))


@pytest.fixture(scope="session")
def template(assembly: Callable[[str], Path]) -> Callable[[str], Template]:
    """Read one architecture's template, with asset hashes blanked so that only design shows."""

    @cache
    def text(name: str) -> str:
        written = (assembly(name) / f"{name}.template.json").read_text(encoding="utf-8")
        return ASSET_HASH.sub("<asset>", written)

    return lambda name: json.loads(text(name))


@pytest.fixture(scope="session")
def variant(synthesize: Callable[..., Path]) -> Callable[..., Template]:
    """Read an architecture's template with other settings: ``stage``, ``region``, ``overrides``."""

    @cache
    def written(name: str, arguments: str) -> Path:
        return synthesize(only=[name], **json.loads(arguments))

    def read(name: str, **arguments: Any) -> Template:
        out = written(name, json.dumps(arguments))
        artifact = json.loads((out / "manifest.json").read_text())["artifacts"][name]["properties"]
        stage = arguments.get("stage")
        assert artifact.get("stackName", name) == (f"{name}-{stage}" if stage else name)
        found: Template = json.loads((out / artifact["templateFile"]).read_text())
        return found

    return read


@pytest.fixture(scope="session")
def of_type() -> Callable[[Template, str], dict[str, Template]]:
    """List the properties of a template's resources of one type, by logical id."""

    def find(found: Template, kind: str) -> dict[str, Template]:
        return {n: r["Properties"] for n, r in found["Resources"].items() if r["Type"] == kind}

    return find


class Shelf:
    """The tables of a synthesized template for the engine of Athena, over objects in memory."""

    def __init__(self, found: Template) -> None:
        resources = found["Resources"].values()
        self._names = [
            r["Properties"]["DatabaseInput"]["Name"]
            for r in resources
            if r["Type"] == "AWS::Glue::Database"
        ]
        inputs = [r["Properties"]["TableInput"] for r in resources if r["Type"] == GLUE_TABLE]
        self._tables = {table["Name"]: _resolved(table) for table in inputs}
        self.objects: dict[str, bytes] = {}
        self.read_keys: list[str] = []

    def databases(self) -> list[str]:
        """Name the one database."""
        return self._names

    def database(self, name: str) -> dict[str, str]:
        """Describe it."""
        return {"Name": name}

    def tables(self, database: str) -> list[Any]:
        """List its tables and views."""
        return list(self._tables.values())

    def table(self, database: str, name: str) -> Any:
        """Find one of them."""
        return self._tables.get(name)

    def partitions(self, database: str, name: str) -> list[Any]:
        """List none: all are projected."""
        return []

    def list(self, bucket: str, prefix: str) -> Any:
        """List objects in order."""
        return [Entry(k, len(v)) for k, v in sorted(self.objects.items()) if k.startswith(prefix)]

    def read(self, bucket: str, key: str) -> bytes:
        """Read one, and remember that it was."""
        self.read_keys.append(key)
        return self.objects[key]


def _resolved(value: Any) -> Any:
    """Fill a bucket's name in where the template only refers to it."""
    if isinstance(value, dict) and "Fn::Join" in value:
        return "".join(
            part if isinstance(part, str) else "results" for part in value["Fn::Join"][1]
        )
    if isinstance(value, dict):
        return {key: _resolved(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_resolved(inner) for inner in value]
    return value


@pytest.fixture(scope="session")
def make_shelf() -> Callable[[Template], Shelf]:
    """Make the tables of a template, with no objects below them yet."""
    return Shelf


def _definition(table: Template) -> Any:
    """Read what a table of a template defines as a view; None for one that is none."""
    view = PRESTO_VIEW.match(table.get("ViewOriginalText", ""))
    return json.loads(base64.b64decode(view[1])) if view else None


@pytest.fixture(scope="session")
def views_of() -> Callable[[Template], Iterator[tuple[Template, Template]]]:
    """Yield each view of a template, with the definition that it holds."""

    def read(found: Template) -> Iterator[tuple[Template, Template]]:
        for resource in found["Resources"].values():
            table = resource["Properties"].get("TableInput", {})
            if definition := _definition(table):
                yield table, definition

    return read


@pytest.fixture
def readable(views_of) -> Callable[[Template], Template]:
    """Decode what a template holds as one text, so that a diff shows SQL and states."""

    def decode(found: Template) -> Template:
        for table, definition in views_of(found):
            definition["originalSql"] = definition["originalSql"].splitlines()
            table["ViewOriginalText"] = {"Presto View": definition}
        for resource in found["Resources"].values():
            if states := resource["Properties"].get("DefinitionString"):
                resource["Properties"]["DefinitionString"] = json.loads(states)
        return found

    return decode


@pytest.fixture
def snapshot_json(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Keep each snapshot as one readable JSON file, so that its diff reads like a review."""
    return snapshot.use_extension(JSONSnapshotExtension)


@pytest.fixture(scope="session")
def statements() -> Callable[..., list[dict[str, Any]]]:
    """Collect what the policies of the role with this logical id prefix allow."""

    def collect(found: Template, *, role: str) -> list[dict[str, Any]]:
        return [
            statement
            for resource in found["Resources"].values()
            if resource["Type"] in {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}
            and any(r["Ref"].startswith(role) for r in resource["Properties"]["Roles"])
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]
        ]

    return collect


@pytest.fixture
def metrics(capsys) -> Callable[..., dict[str, list[float]]]:
    """Read the metrics published so far with exactly these dimensions, and forget them."""
    printed: list[dict[str, Any]] = []

    def read(**dimensions: str) -> dict[str, list[float]]:
        printed.extend(json.loads(line) for line in capsys.readouterr().out.splitlines())
        values: dict[str, list[float]] = {}
        for blob in printed:
            (directive,) = blob["_aws"]["CloudWatchMetrics"]
            assert directive["Namespace"] == "MlReferenceArchitectures"
            (names,) = directive["Dimensions"]
            if {name: blob[name] for name in names} == dimensions:
                for metric in directive["Metrics"]:
                    values.setdefault(metric["Name"], []).extend(blob[metric["Name"]])
        return values

    return read


class Operator:
    """What a person does with a deployed stack: look, wait, ask, redrive."""

    def __init__(self, running: client.Sandbox, outputs: dict[str, str]) -> None:
        self.sandbox, self.outputs = running, outputs
        self.s3, self.sqs = running.client("s3", max_pool_connections=16), running.client("sqs")
        self.athena = running.client("athena")

    def depth(self, url):
        """Count the messages of a queue, those in work included."""
        kinds = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(kinds))
        return sum(int(found["Attributes"][kind]) for kind in kinds)

    def redrive(self):
        """Send the dead letters back to where they came from."""
        queue = self.sqs.get_queue_attributes(
            QueueUrl=self.outputs["DeadLetterQueueUrl"], AttributeNames=["QueueArn"]
        )
        self.sqs.start_message_move_task(SourceArn=queue["Attributes"]["QueueArn"])

    def redeliver_after(self, seconds):
        """Have the queue hand out again, after so long, what a killed function had taken."""
        self.sqs.set_queue_attributes(
            QueueUrl=self.outputs["QueueUrl"], Attributes={"VisibilityTimeout": str(seconds)}
        )

    def forget_dead_letters(self):
        """Drop what other tests left in the dead-letter queue."""
        url = self.outputs["DeadLetterQueueUrl"]
        while found := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10):
            if not found.get("Messages"):
                return
            for message in found["Messages"]:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def dead_letters(self):
        """Count the messages in the dead-letter queue."""
        return self.depth(self.outputs["DeadLetterQueueUrl"])

    def wait_for(self, condition, seconds=60):
        """Look until it is so, often at first: looking takes time from what is waited for."""
        end, pause = time.monotonic() + seconds, 0.05
        while not condition():
            if time.monotonic() > end:
                pytest.fail(f"not within {seconds} s; problems: {self.sandbox.problems()}")
            time.sleep(pause)
            pause = min(pause * 1.3, 0.5)

    def ask(self, sql):
        """Run a query as an analyst would; rows as dictionaries."""
        query = self.athena.start_query_execution(
            QueryString=sql,
            WorkGroup=self.outputs["WorkgroupName"],
            QueryExecutionContext={"Database": self.outputs["DatabaseName"]},
        )["QueryExecutionId"]

        def status():
            found = self.athena.get_query_execution(QueryExecutionId=query)
            return found["QueryExecution"]["Status"]

        self.wait_for(lambda: status()["State"] in ("SUCCEEDED", "FAILED", "CANCELLED"))
        if status()["State"] != "SUCCEEDED":
            raise RuntimeError(status()["StateChangeReason"])
        pages = self.athena.get_paginator("get_query_results").paginate(QueryExecutionId=query)
        rows = list(chain.from_iterable(page["ResultSet"]["Rows"] for page in pages))
        header, *cells = [[cell.get("VarCharValue") for cell in row["Data"]] for row in rows]
        return [dict(zip(header, row, strict=True)) for row in cells]

    def keys(self, bucket, prefix=""):
        """List every object of a bucket by key, versions and delete markers too."""
        pages = self.s3.get_paginator("list_object_versions").paginate(
            Bucket=self.outputs[bucket], Prefix=prefix
        )
        return [
            version["Key"]
            for page in pages
            for version in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        ]

    def log(self):
        """Read what the function wrote."""
        logs = self.sandbox.client("logs")
        group = self.outputs["LogGroupName"]
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        return "\n".join(event["message"] for page in pages for event in page["events"])


@pytest.fixture(scope="session")
def operator() -> type[Operator]:
    """Give the class of those who work with a deployed stack, for each architecture's own."""
    return Operator


@pytest.fixture(scope="session")
def sandbox() -> Iterator[client.Sandbox]:
    """Start the embedded AWS once, with IAM enforced; it ends with the tests."""
    with client.start() as running:
        yield running


def _named(client, operation, member, name):
    """List one kind of resource by name."""
    pages = client.can_paginate(operation)
    replies = (
        client.get_paginator(operation).paginate() if pages else [getattr(client, operation)()]
    )
    return [found[name] for reply in replies for found in reply[member]]


# By kind: the service, how it lists them, where in its answer, and what names one.
KINDS = {
    "bucket": ("s3", "list_buckets", "Buckets", "Name"),
    "topic": ("sns", "list_topics", "Topics", "TopicArn"),
    "function": ("lambda", "list_functions", "Functions", "FunctionName"),
    "layer": ("lambda", "list_layers", "Layers", "LayerName"),
    "log group": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "role": ("iam", "list_roles", "Roles", "RoleName"),
    "alarm": ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "dashboard": ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    "database": ("glue", "get_databases", "DatabaseList", "Name"),
    "workgroup": ("athena", "list_work_groups", "WorkGroups", "Name"),
    "rule": ("events", "list_rules", "Rules", "Name"),
    "machine": ("stepfunctions", "list_state_machines", "stateMachines", "name"),
}


@pytest.fixture(scope="session")
def inventory(sandbox: client.Sandbox) -> Callable[[], set[str]]:
    """Name all that a stack of ours can leave behind, as often as it is called."""

    def take() -> set[str]:
        listed = {
            kind: _named(sandbox.client(service), *rest) for kind, (service, *rest) in KINDS.items()
        }
        kms, athena = sandbox.client("kms"), sandbox.client("athena")
        keys = [
            kms.describe_key(KeyId=k)["KeyMetadata"]
            for k in _named(kms, "list_keys", "Keys", "KeyId")
        ]
        stacks = sandbox.client("cloudformation").describe_stacks()["Stacks"]
        listed |= {
            "queue": sandbox.client("sqs").list_queues().get("QueueUrls", []),
            "table": sandbox.client("dynamodb").list_tables()["TableNames"],
            "key": [
                k["KeyId"]
                for k in keys
                if k["KeyManager"] == "CUSTOMER" and k["KeyState"] != "PendingDeletion"
            ],
            "saved query": [
                query
                for group in listed["workgroup"]
                for query in athena.list_named_queries(WorkGroup=group)["NamedQueryIds"]
            ],
            "stack": [s["StackName"] for s in stacks if s["StackStatus"] != "DELETE_COMPLETE"],
        }
        return {f"{kind} {name}" for kind, found in listed.items() for name in found}

    return take
