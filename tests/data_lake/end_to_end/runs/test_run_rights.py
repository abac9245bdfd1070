"""Every right of the machines, and of what starts them, is needed: without it something says so."""

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain

import pytest
from botocore.exceptions import ClientError

from testing.rights import Rights

RUN, ENDED, ARRIVED = "CurationFlowRun", "CurationFlowEnded", "CurationFlowArrived"
LARGE, LARGE_ENDED = "LargeFilesModelLargeFile", "LargeFilesLargeFileEnded"
OUTPUTS = {
    RUN: "StateMachineArn",
    ENDED: "EndedMachineArn",
    ARRIVED: "ArrivedMachineArn",
    LARGE: "LargeFilesMachineArn",
    LARGE_ENDED: "LargeFileEndedMachineArn",
    "LargeFilesEnded": "LargeFilesMachineArn",
}
FILE = {"attempt": 1, "source": {"key": "retail_visits/large.csv"}}  # what a large one is told by
MERGE, FEATURES = "CurationEnhancedMergeRecords", "CurationTrainingSetBuildFeatures"
QUALITY = "CurationQuality"
RULESETS = [
    f"CurationQuality{table}"
    for table in ("RetailPurchasesEnhanced", "RetailVisitsEnhanced", "TrainingSet")
]
MERGED, ENDLESS = "print('merged')", "import time; time.sleep(600)"
DELIVERY = [
    f"logs:{action} on *"
    for action in (
        *("CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery"),
        *("ListLogDeliveries", "PutResourcePolicy"),
        *("DescribeResourcePolicies", "DescribeLogGroups"),
    )
]
ALIVE = (
    *("kms:Decrypt on Key for states", "kms:GenerateDataKey on Key for states"),
    *("xray:PutTraceSegments on *", "xray:PutTelemetryRecords on *"),
    *("xray:GetSamplingRules on *", "xray:GetSamplingTargets on *"),
    "kms:GenerateDataKey on Key for logs",
)
COUNTING = ("dynamodb:UpdateItem on CurationFlowTurns", "kms:Decrypt on Key for dynamodb")
LOOKING = ("dynamodb:GetItem on CurationFlowTurns",)
PUTTING = "events:PutEvents on event-bus/default for data_lake for"
RECORDING, RECORDING_FILE = (
    (
        f"s3:PutObject on Failures/{folder}/*",
        "kms:GenerateDataKey on Key for s3",
        f"{PUTTING} {what} Failed for false for false",
    )
    for folder, what in (("failed_runs", "Run"), ("failed_files", "File"))
)
STARTING, DESCRIBING = f"states:StartExecution on {RUN}", f"states:DescribeExecution on {RUN}:*"
# AWS's guide asks for it beside GetJobRun, and does not say what for.
NOT_SEEN = [f"glue:GetJobRuns on {job}" for job in (MERGE, FEATURES, "LargeFilesJob")]
# For each role and each thing that happens, the rights that it takes.
TAKES: dict[str, dict[str, Iterable[str]]] = {
    RUN: {
        "the machine is changed": DELIVERY,
        "it has nothing to do": (*ALIVE, *COUNTING, *LOOKING),
        "its job cannot start": RECORDING,
        "it has news": (
            *(
                f"glue:{action}JobRun on {job}"
                for action in ("Start", "Get")
                for job in (MERGE, FEATURES)
            ),
            *(
                f"glue:{action} on {ruleset}"
                for action in ("StartDataQualityRulesetEvaluationRun", "GetDataQualityResult")
                for ruleset in RULESETS
            ),
            "glue:GetDataQualityRulesetEvaluationRun on dataQualityRuleset/*",
            f"iam:PassRole on {QUALITY}Role for glue",
            *("s3:GetObject on CurationTrainingSetZone/runs/*", "kms:Decrypt on Key for s3"),
            f"{PUTTING} Features Ready for false for false",
        ),
        "it is stopped": (f"glue:BatchStopJobRun on {MERGE}",),
        "it is stopped later": (f"glue:BatchStopJobRun on {FEATURES}",),
        "another had the turn": (DESCRIBING,),
        "more has arrived": (STARTING,),
        "never": NOT_SEEN[:2],
    },
    ENDED: {
        "the machine is changed": DELIVERY,
        "a run was stopped": (*ALIVE, DESCRIBING, *RECORDING, *LOOKING),
        "a run was stopped that had the turn": COUNTING,
        "a run was stopped that has not seen all": (STARTING,),
    },
    ARRIVED: {"the machine is changed": DELIVERY, "a file came": (*ALIVE, *COUNTING, STARTING)},
    "CurationFlowRunEnded": {"a run has failed": (f"states:StartExecution on {ENDED}",)},
    "CurationFlowFileModeled": {"a file is modeled": (f"states:StartExecution on {ARRIVED}",)},
    "CurationFlowOnSchedule": {"it is time": (STARTING,)},
    LARGE: {
        "the machine is changed": DELIVERY,
        "it has a file": (
            *ALIVE,
            *(f"glue:{do}JobRun on LargeFilesJob" for do in ("Start", "Get")),
        ),
        "its job cannot start": RECORDING_FILE,
        "it is stopped": ("glue:BatchStopJobRun on LargeFilesJob",),
        "never": NOT_SEEN[2:],
    },
    LARGE_ENDED: {
        "the machine is changed": DELIVERY,
        "a run was stopped": (*ALIVE, f"states:DescribeExecution on {LARGE}:*", *RECORDING_FILE),
    },
    "LargeFilesEnded": {"a run has failed": (f"states:StartExecution on {LARGE_ENDED}",)},
}


class Occasions:
    """Makes things happen for which rights are needed."""

    def __init__(self, lake, rights, use_script):
        self.lake, self.rights, self.use_script = lake, rights, use_script
        self.dynamodb = lake.sandbox.client("dynamodb")
        self.table = rights.named("CurationFlowTurns")
        self.started: list[str] = []
        use_script(MERGED)
        self.stopped = lake.start(wait_seconds=600)
        lake.states.stop_execution(executionArn=self.stopped)
        use_script(ENDLESS)
        self.start(lake.outputs[OUTPUTS[LARGE]], **FILE)
        self.stopped_file = self.started[-1]
        lake.states.stop_execution(executionArn=self.stopped_file)
        self.over()

    def happens(self, occasion, role):
        """Make it happen to a role; what AWS says at once, if anything."""
        machine = self.lake.outputs[OUTPUTS.get(role, "StateMachineArn")]
        large = role.startswith("LargeFiles")
        ended = {"detail": {"executionArn": self.stopped_file if large else self.stopped}}
        begun = partial(self.start, machine, **(FILE if large else {}))
        job = "LargeFilesJobName" if large else "MergeJobName"
        occasions: dict[str, Callable[[], str | None]] = {
            "the machine is changed": partial(self.change, machine),
            "it has nothing to do": partial(self.start, machine, wait_seconds=0),
            "it has a file": begun,
            "its job cannot start": partial(self.fail, begun),
            "it has news": self.make_news,
            "it is stopped": partial(self.stop, begun, job, ENDLESS),
            "it is stopped later": partial(
                self.stop, begun, "FeaturesJobName", MERGED, features=ENDLESS
            ),
            "another had the turn": partial(self.after, self.start, machine, holder=self.stopped),
            "more has arrived": self.arrive_meanwhile,
            "a run was stopped": partial(self.start, machine, **ended),
            "a run was stopped that had the turn": partial(
                self.after, self.start, machine, holder=self.stopped, **ended
            ),
            "a run was stopped that has not seen all": partial(
                self.after, self.start, machine, holder=self.stopped, asked="7", **ended
            ),
            "a file came": partial(self.start, machine),
            "a run has failed": partial(self.fail, begun),
            "a file is modeled": self.drop,
            "it is time": lambda: self.lake.sandbox.fire_schedules("OnSchedule") and None,
        }
        try:
            return occasions[occasion]()
        except ClientError as refused:
            return str(refused)

    def change(self, machine):
        """Give a machine the role that it has: Step Functions tries whether it may log."""
        role = self.lake.states.describe_state_machine(stateMachineArn=machine)["roleArn"]
        self.lake.states.update_state_machine(stateMachineArn=machine, roleArn=role)

    def start(self, machine, **given):
        """Start an execution."""
        reply = self.lake.states.start_execution(stateMachineArn=machine, input=json.dumps(given))
        self.started.append(reply["executionArn"])

    def fail(self, begun):
        """Let a run fail before its job begins."""
        broken = {"action": "glue:StartJobRun", "code": "InvalidInputException"}
        self.lake.sandbox.faults([broken])
        begun()

    def make_news(self):
        """Let a run find something to tell of."""
        self.use_script(MERGED, is_new=True)
        self.start(self.lake.machine)

    def stop(self, begun, job, merge, **other):
        """Stop a run whose job runs."""
        self.use_script(merge, **other)
        begun()
        self.lake.wait_for(lambda: self.lake.states_of_job(job)[:1] == ["RUNNING"])
        self.lake.states.stop_execution(executionArn=self.started[-1])

    def after(self, do, machine, *, holder, asked="0", **given):
        """Do it where somebody has the turn."""
        self.set_item(holder, asked)
        do(machine, **given)

    def arrive_meanwhile(self):
        """Count an arrival once a run has its turn."""
        self.use_script("import time; time.sleep(1)")
        self.start(self.lake.machine)
        until = time.monotonic() + 20
        while self.item().get("holder", {}).get("S") != self.started[-1]:
            assert time.monotonic() < until
            time.sleep(0.05)
        self.set_item(self.started[-1], "7")

    def drop(self):
        """Drop a file that is set aside whole, of which a load record tells."""
        key = f"retail_visits/rights-{time.monotonic_ns()}.csv"
        self.lake.drop(key, b"no,header\n")

    def item(self):
        """Read whose turn it is."""
        key = {"TableName": self.table, "Key": {"entry": {"S": "lake"}}, "ConsistentRead": True}
        return self.dynamodb.get_item(**key).get("Item", {})

    def set_item(self, holder, asked):
        """Say whose turn it is, and how much has arrived since it began."""
        far = str(int(time.time() * 1000) + 10**10)
        item = {"entry": {"S": "lake"}, "asked": {"N": asked}, "seen": {"N": "0"}}
        held = {"holder": {"S": holder}, "lease_end": {"N": far}} if holder else {}
        self.dynamodb.put_item(TableName=self.table, Item={**item, **held})

    def times(self, refusal):
        """Count how often the sandbox was told of a refusal."""
        problems = self.lake.sandbox.problems()
        return sum(p["times"] for p in problems if refusal.search(p["message"]))

    def over(self):
        """End what still runs, and let nothing fail any more."""
        self.lake.sandbox.faults([])
        self.lake.stop_runs()
        self.lake.stop_jobs()
        self.lake.rest()
        self.use_script(MERGED)
        self.set_item(None, "0")
        self.started.clear()

    def say(self, right, occasion):
        """Take a right away, let happen what needs it, and tell whether anything says so."""
        # One request puts several events: its refusal names no bus.
        several = re.compile(f"{right.role}.* not authorized to perform: {right.action}")
        missed = self.rights.is_missed(
            right,
            partial(self.happens, occasion, right.role),
            denials=self.times,
            refusal=several if right.action == "events:PutEvents" else None,
            seconds=180,
        )
        self.over()
        return missed


@pytest.fixture(scope="module")
def rights(runner):
    return Rights(runner.sandbox, "DataLake-prod")


def test_the_table_holds_every_right_of_every_role_of_a_run(rights):
    held = {role: Counter(str(right) for right in rights.of(role)) for role in TAKES}
    named = {role: Counter(chain(*takes.values())) for role, takes in TAKES.items()}
    for role in TAKES:
        assert held[role] - named[role] == named[role] - held[role] == Counter(), role


def test_whichever_right_is_taken_away_something_says_so(scripted, calm, rights, subtests):
    occasions = Occasions(calm, rights, scripted)
    for role, takes in TAKES.items():
        for occasion, needed in takes.items():
            for right in [
                r for r in rights.of(role) if str(r) in needed and str(r) not in NOT_SEEN
            ]:
                with subtests.test(role=role, right=str(right)):
                    assert occasions.say(right, occasion), occasion
