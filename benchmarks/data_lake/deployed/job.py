"""From StartJobRun to SUCCEEDED, against the same module in the same warm Java machine."""

import json
from statistics import mean

from benchmarks.data_lake.deployed.lake import BATCH, Lake, lake
from costs.markdown import table
from sandbox.host.process import SandboxError

DAYS = 10  # of each batch, a file each
MOST = 1.1  # of what the module takes alone
NAME, BUCKET, KEY = "module-alone", "scripts-of-who-measures", "alone.py"
# The module as it ships, with the clock around what it does, its Spark session included.
SCRIPT = """\
import json, sys, time
from data_lake import merge_records
begun = time.monotonic()
merge_records.main(sys.argv)
print(json.dumps({"seconds": time.monotonic() - begun}))
"""
# The table grows, and each takes longer than the one before: in this order the means take it alike.
ORDER = ("run", "module", "module", "run") * 3


def report() -> tuple[str, str]:
    """Merge batches of one size in turn by either."""
    here = lake()
    here.deliver(DAYS)
    here.merge()  # the first one loads what the later ones have
    _make_job(here)
    found: dict[str, list[float]] = {"run": [], "module": []}
    for side in ORDER:
        here.deliver(DAYS)
        found[side].append(here.merge() if side == "run" else _module_alone(here))
        print(f"{side}: {found[side][-1]:.1f} s", flush=True)
    return "A run of the job, against its module alone", told(found)


def told(found: dict[str, list[float]]) -> str:
    """Say what either took, and whether their ratio is what was wanted."""
    run, module = mean(found["run"]), mean(found["module"])
    names = {"run": "StartJobRun to SUCCEEDED", "module": "`merge_records.main` alone"}
    rows = [
        [names[side], f"{mean(each):.1f}", ", ".join(f"{seconds:.1f}" for seconds in each)]
        for side, each in found.items()
    ]
    kept = "within" if run / module <= MOST else "**more than**"
    return "\n\n".join(
        [
            f"{BATCH:,} new visits of {DAYS} days for each run, in turn, in one sandbox with IAM"
            " enforced and one warm Java machine. The other side is a job whose script imports the"
            " same module and puts a clock around its `main`, Spark's session included, by the same"
            " role: it leaves out Glue's side (the role's session, the script, a process,"
            " the state).",
            table(["Measured", "Mean, s", "Each, s"], rows),
            f"**{run / module:.2f} times the module alone**, {kept} the {MOST} wanted:"
            f" {run - module:.1f} s more.",
        ]
    )


def _module_alone(here: Lake) -> float:
    _, run = here.run(NAME, {"--dataset": "retail_visits"})
    said = [json.loads(line) for line in here.said(run) if line.startswith('{"seconds"')]
    if len(said) != 1:
        raise SandboxError(f"the script did not tell what it took: {here.said(run)}")
    return float(said[0]["seconds"])


def _make_job(here: Lake) -> None:
    """Make a job like the deployed one, of its role too, which may read one more script."""
    deployed = here.glue.get_job(JobName=here.merge_job)["Job"]
    here.s3.create_bucket(Bucket=BUCKET)
    here.s3.put_object(Bucket=BUCKET, Key=KEY, Body=SCRIPT.encode())
    script = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:*:s3:::{BUCKET}/{KEY}"}
    here.sandbox.client("iam").put_role_policy(
        RoleName=deployed["Role"].rpartition("/")[2],
        PolicyName=NAME,
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [script]}),
    )
    alike = ("Role", "GlueVersion", "DefaultArguments", "SecurityConfiguration")
    here.glue.create_job(
        Name=NAME,
        Command={"Name": "glueetl", "ScriptLocation": f"s3://{BUCKET}/{KEY}"},
        **{name: deployed[name] for name in alike},
    )
