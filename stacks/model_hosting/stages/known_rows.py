"""A model answers once before it has traffic: its handlers hold it to its known rows. Pure."""

from stacks.model_hosting.settings import ModelHosting
from stacks.model_hosting.stages.failures import CATCH_ALL
from stacks.shared.asl import NOTHING, States, call, catch, choose, error, jsonata

FOLDER = "checks"  # of the bucket of captures, which expires
POLL_SECONDS = 30
LONGEST_SECONDS = 3_600  # of a job, which starts an instance
_ANSWER_SECONDS = 600  # of a model: the first request loads it
_FOUND = "$states.result"
_JOB = "$name & '-check'"


def hold_to_known_rows(settings: ModelHosting, *, next_: str) -> States:
    """Have the model ``$name`` asked by a job, which goes away by itself; fail where it fails.

    Handlers load no model whose predictions differ from those that training made, or that was
    trained with another release: every request is an error then. But the endpoint would be healthy
    all the same, as AWS's model server answers ``/ping`` without a model (decision 66). A job asks
    once, with an empty record; that this is refused is in its answer's line, and is no error.
    """
    place = f"'s3://${{Captures}}/{FOLDER}/' & $name"
    return {
        "PutRecord": call(
            "s3",
            "putObject",
            {
                "Bucket": "${Captures}",
                "Key": jsonata(f"'{FOLDER}/' & $name & '/record.jsonl'"),
                "Body": {},
                "ContentType": "application/jsonlines",
            },
            catches=[CATCH_ALL],
            next_="AskModel",
        ),
        "AskModel": call(
            "sagemaker",
            "createTransformJob",
            {
                "TransformJobName": jsonata(_JOB),
                "ModelName": jsonata("$name"),
                "BatchStrategy": "SingleRecord",
                "ModelClientConfig": {
                    "InvocationsTimeoutInSeconds": _ANSWER_SECONDS,
                    "InvocationsMaxRetries": 1,
                },
                "TransformInput": {
                    "ContentType": "application/jsonlines",
                    "SplitType": "Line",
                    "DataSource": {
                        "S3DataSource": {
                            "S3DataType": "S3Prefix",
                            "S3Uri": jsonata(f"{place} & '/record.jsonl'"),
                        }
                    },
                },
                "TransformOutput": {
                    "Accept": "application/jsonlines; errors=inline",
                    "S3OutputPath": jsonata(place),
                    "KmsKeyId": "${KeyArn}",
                },
                "TransformResources": {
                    "InstanceType": settings.instance_type,
                    "InstanceCount": 1,
                    "VolumeKmsKeyId": "${KeyArn}",
                },
            },
            # Asked before, and heard without its answer: the job of this name is the one.
            catches=[
                catch(error("sagemaker", "ResourceInUseException"), next_="AwaitAnswer"),
                CATCH_ALL,
            ],
            next_="AwaitAnswer",
        ),
        "AwaitAnswer": {
            "Type": "Wait",
            "Seconds": POLL_SECONDS,
            "Output": NOTHING,
            "Next": "DescribeAnswer",
        },
        "DescribeAnswer": call(
            "sagemaker",
            "describeTransformJob",
            {"TransformJobName": jsonata(_JOB)},
            assign={
                "status": jsonata(f"{_FOUND}.TransformJobStatus"),
                "reason": jsonata(f"$exists({_FOUND}.FailureReason) ? {_FOUND}.FailureReason : ''"),
            },
            catches=[CATCH_ALL],
            next_="HasAnswered",
        ),
        "HasAnswered": choose(
            ("$status = 'Completed'", next_),
            ("$status in ['Failed', 'Stopped']", "TellRefused"),
            otherwise="AwaitAnswer",
        ),
        "TellRefused": {
            "Type": "Pass",
            "Assign": {
                "failure": {
                    "state": "AskModel",
                    "error": "ModelRefused",
                    "cause": jsonata(
                        f"'the job ' & {_JOB} & ' has ' & $lowercase($status) & ', its log says "
                        "why; a model that does not tell its known rows loads nowhere: ' & $reason"
                    ),
                }
            },
            "Output": NOTHING,
            "Next": "RecordFailure",
        },
    }
