"""The small machine that sees to it that the streaming job runs. Pure."""

from typing import Any

from stacks.shared.asl import INPUT, call, choose, jsonata, start_of

# From its request to its end: https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/job-states.html
UNENDED = ("SUBMITTED", "PENDING", "SCHEDULED", "RUNNING", "CANCELLING", "QUEUED")
KEEPING_SECONDS = 300  # the most that an express execution may take


def keep_streaming(*, arguments: list[str], attempts: int) -> dict[str, Any]:
    """Start the job unless a run of it has not ended, whoever asks and however often.

    Those who ask for the same reason, an event that came twice, name it by one token, with which
    EMR starts one run. Of two reasons at once the second run is queued, as one at a time may run.
    """
    reason = f"$exists({INPUT}.id) ? {INPUT}.id : $states.context.Execution.Name"
    states = {
        "LookForRun": call(
            "emrserverless",
            "listJobRuns",
            {
                "ApplicationId": "${Application}",
                "Mode": "STREAMING",
                "States": list(UNENDED),
            },
            assign={"unended": jsonata("$count($states.result.JobRuns)")},
            catches=[],
            next_="IsRunning",
        ),
        "IsRunning": choose(("$unended > 0", "Running"), otherwise="StartRun"),
        "StartRun": call(
            "emrserverless",
            "startJobRun",
            {
                "ApplicationId": "${Application}",
                "ClientToken": jsonata(f"$substring({reason}, 0, 64)"),
                "ExecutionRoleArn": "${JobRole}",
                "Name": "stream",
                "Mode": "STREAMING",
                "RetryPolicy": {"MaxFailedAttemptsPerHour": attempts},
                "JobDriver": {
                    "SparkSubmit": {
                        "EntryPoint": "${Script}",
                        "EntryPointArguments": arguments,
                        "SparkSubmitParameters": "${SparkParameters}",
                    }
                },
                "ConfigurationOverrides": {
                    "DiskEncryptionConfiguration": {"EncryptionKeyArn": "${Key}"}
                },
            },
            catches=[],
            next_="Running",
        ),
        "Running": {"Type": "Succeed"},
    }
    return {
        "Comment": "One execution for each end of a run of the job, and every few minutes.",
        "QueryLanguage": "JSONata",
        "StartAt": start_of(states),
        "TimeoutSeconds": KEEPING_SECONDS,
        "States": states,
    }
