"""Calls of AWS from a task: what is sent, what comes back, what errors are called."""

import json

import pytest

OBJECT = "aws-sdk:s3:putObject"


def test_an_object_as_body_is_written_as_json(start, task, bucket, sandbox):
    body = {"text": "{% $states.input.text %}", "n": 1}
    flow = {"Put": task(OBJECT, {"Bucket": bucket, "Key": "ü b.json", "Body": body})}
    assert start(flow, {"text": "größer 😀"}).output()["ETag"].startswith('"')
    stored = sandbox.client("s3").get_object(Bucket=bucket, Key="ü b.json")["Body"].read()
    assert stored == '{"text":"größer 😀","n":1}'.encode()


def test_a_text_as_body_is_written_in_quotes(start, task, bucket, sandbox):
    given = {"Bucket": bucket, "Key": "k", "Body": "text data", "ContentType": "text/plain"}
    start({"Put": task(OBJECT, given)}).output()
    stored = sandbox.client("s3").get_object(Bucket=bucket, Key="k")
    assert (stored["Body"].read(), stored["ContentType"]) == (b'"text data"', "text/plain")


def test_an_object_that_is_there_is_not_overwritten(start, task, bucket, sandbox):
    sandbox.client("s3").put_object(Bucket=bucket, Key="k", Body=b"first")
    given = {"Bucket": bucket, "Key": "k", "Body": {}, "IfNoneMatch": "*"}
    error, cause = start({"Put": task(OBJECT, given)}).error()
    assert error == "S3.S3Exception"  # S3's model has no class for it
    assert "(Service: S3, Status Code: 412, Request ID: " in cause
    assert sandbox.client("s3").get_object(Bucket=bucket, Key="k")["Body"].read() == b"first"


def test_a_version_is_copied_by_its_encoded_source(start, task, bucket, sandbox):
    s3, key = sandbox.client("s3"), "in box/größe+1 %?.wav"
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    put = {"Bucket": bucket, "Key": key, "Tagging": "a=b", "Metadata": {"from": "shop"}}
    first = s3.put_object(Body=b"first", **put)["VersionId"]
    s3.put_object(Body=b"second", **put)
    source = "in%20box/gr%C3%B6%C3%9Fe%2B1%20%25%3F.wav"
    copy = {
        "Bucket": bucket,
        "Key": "work/media",
        "CopySource": f"{bucket}/{source}?versionId={first}",
        "TaggingDirective": "REPLACE",
        "MetadataDirective": "REPLACE",
        "ContentType": "audio/wav",
    }
    result = start({"Copy": task("aws-sdk:s3:copyObject", copy)}).output()
    assert result["CopyObjectResult"]["ETag"].startswith('"')
    copied = s3.get_object(Bucket=bucket, Key="work/media")
    assert (copied["Body"].read(), copied["ContentType"]) == (b"first", "audio/wav")
    assert copied["Metadata"] == {}
    assert s3.get_object_tagging(Bucket=bucket, Key="work/media")["TagSet"] == []


def test_an_object_is_read_as_text(start, task, bucket, sandbox):
    sandbox.client("s3").put_object(Bucket=bucket, Key="k", Body="ä".encode(), Metadata={"a": "B"})
    found = start({"Get": task("aws-sdk:s3:getObject", {"Bucket": bucket, "Key": "k"})}).output()
    assert (found["Body"], found["ContentLength"], found["Metadata"]) == ("ä", 2, {"a": "B"})


@pytest.mark.parametrize(
    ("call", "error"),
    [("getObject", "S3.NoSuchKeyException"), ("headObject", "S3.NoSuchKeyException")],
)
def test_a_missing_object_is_missed_by_name(start, task, bucket, call, error):
    run = start({"Get": task(f"aws-sdk:s3:{call}", {"Bucket": bucket, "Key": "none"})})
    assert run.error()[0] == error


def test_an_item_is_written_read_and_counted_up(start, task, table):
    key = {"id": {"S": "a"}}
    update = {
        "TableName": table,
        "Key": key,
        "UpdateExpression": "SET slot = slot + :step",
        "ConditionExpression": "slot > :now",
        "ExpressionAttributeValues": {":step": {"N": "50"}, ":now": {"N": "1"}},
        "ReturnValues": "UPDATED_NEW",
    }
    item = {**key, "slot": {"N": "{% $string($states.input.slot) %}"}, "on": {"Bool": True}}
    flow = {
        "Put": task("aws-sdk:dynamodb:putItem", {"TableName": table, "Item": item}, Next="Add"),
        "Add": task(
            "aws-sdk:dynamodb:updateItem",
            update,
            Next="Get",
            Assign={"slot": "{% $number($states.result.Attributes.slot.N) %}"},
        ),
        "Get": task(
            "aws-sdk:dynamodb:getItem",
            {"TableName": table, "Key": key},
            Output={"item": "{% $states.result.Item %}", "slot": "{% $slot %}"},
        ),
    }
    assert start(flow, {"slot": 1_700_000_000_000}).output() == {
        "item": {**key, "slot": {"N": "1700000000050"}, "on": {"Bool": True}},
        "slot": 1_700_000_000_050,
    }


def test_a_failed_condition_is_caught_by_its_name(start, task, table):
    update = {
        "TableName": table,
        "Key": {"id": {"S": "a"}},
        "UpdateExpression": "SET slot = :now",
        "ConditionExpression": "attribute_exists(slot)",
        "ExpressionAttributeValues": {":now": {"N": "1"}},
    }
    catch = [{"ErrorEquals": ["DynamoDb.ConditionalCheckFailedException"], "Next": "Say"}]
    call = task("aws-sdk:dynamodb:updateItem", update, Catch=catch)
    caught = start({"Update": call, "Say": {"Type": "Succeed"}}).output()
    assert caught["Cause"].startswith("The conditional request failed (Service: DynamoDb, ")


def test_an_error_without_class_goes_by_the_services_own(start, task, table):
    given = {"TableName": table, "Key": {"wrong": {"S": "a"}}}
    error, cause = start({"Get": task("aws-sdk:dynamodb:getItem", given)}).error()
    assert error == "DynamoDb.DynamoDbException"
    assert "Status Code: 400" in cause


def test_what_is_not_of_the_members_type_does_not_start_the_task(start, task, table):
    given = {"TableName": table, "Item": {"id": {"S": "a"}, "n": {"N": "{% 5 %}"}}}
    error, cause = start({"Put": task("aws-sdk:dynamodb:putItem", given)}).error()
    assert error == "States.Runtime"
    assert "The value for the field 'N' must be a STRING" in cause


@pytest.mark.parametrize(
    ("action", "code", "name"),
    [
        ("translate:TranslateText", "TooManyRequestsException", "TooManyRequestsException"),
        ("translate:TranslateText", "ThrottlingException", "TranslateException"),
        ("comprehend:DetectDominantLanguage", "TooManyRequestsException", None),
        ("transcribe:StartTranscriptionJob", "ConflictException", None),
        ("transcribe:StartTranscriptionJob", "LimitExceededException", None),
        ("polly:StartSpeechSynthesisTask", "ThrottlingException", None),
        ("states:SendTaskSuccess", "TaskTimedOut", "TaskTimedOutException"),
        ("s3:PutObject", "SlowDown", "S3Exception"),
    ],
)
def test_a_fault_strikes_a_task_under_the_sdks_name(
    start, task, faults, sandbox, bucket, action, code, name
):
    calls = {
        "translate:TranslateText": (
            "aws-sdk:translate:translateText",
            {"Text": "a", "SourceLanguageCode": "en", "TargetLanguageCode": "es"},
        ),
        "comprehend:DetectDominantLanguage": (
            "aws-sdk:comprehend:detectDominantLanguage",
            {"Text": "a"},
        ),
        "transcribe:StartTranscriptionJob": (
            "aws-sdk:transcribe:startTranscriptionJob",
            {"TranscriptionJobName": "j", "Media": {"MediaFileUri": f"s3://{bucket}/a"}},
        ),
        "polly:StartSpeechSynthesisTask": (
            "aws-sdk:polly:startSpeechSynthesisTask",
            {
                "OutputFormat": "mp3",
                "OutputS3BucketName": bucket,
                "Text": "a",
                "VoiceId": "Lupe",
            },
        ),
        "states:SendTaskSuccess": (
            "aws-sdk:sfn:sendTaskSuccess",
            {"TaskToken": "t", "Output": "{}"},
        ),
        "s3:PutObject": (OBJECT, {"Bucket": bucket, "Key": "k", "Body": {}}),
    }
    sandbox.forget_calls()
    faults([{"action": action, "code": code}])
    run = start({"Call": task(*calls[action])})
    prefix = {"states": "Sfn", "s3": "S3"}.get(action.split(":")[0], action.split(":")[0].title())
    assert run.error()[0] == f"{prefix}.{name or code}"
    assert faults()[0]["hits"] == 1
    assert sandbox.calls()[action] == 1


def test_an_unknown_token_is_the_callers_to_catch(start, task):
    given = {"TaskToken": "nonsense", "Output": "{}"}
    error, cause = start({"Send": task("aws-sdk:sfn:sendTaskSuccess", given)}).error()
    assert error == "Sfn.InvalidTokenException"
    assert cause.startswith("Invalid Token: 'Invalid token' (Service: Sfn, Status Code: 400, ")


def test_one_machine_starts_and_resumes_another(start, task, machine, waiting, token_in, states):
    other = machine({"Await": waiting()})
    begin = {"StateMachineArn": other, "Name": "first", "Input": "{% $string({'a': 1}) %}"}
    started = start({"Start": task("aws-sdk:sfn:startExecution", begin)}).output()
    assert started["StartDate"].endswith("Z")
    answer = {"TaskToken": token_in(), "Output": '{"status":"COMPLETED"}'}
    start({"Send": task("aws-sdk:sfn:sendTaskSuccess", answer)}).output()
    described = states.describe_execution(executionArn=started["ExecutionArn"])
    assert described["status"] == "SUCCEEDED"


def test_a_message_reaches_its_subscriber_with_its_attributes(
    start, task, sandbox, queue, unique, eventually
):
    sns, sqs = sandbox.client("sns"), sandbox.client("sqs")
    topic = sns.create_topic(Name=unique("topic"))["TopicArn"]
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "*",
    }
    url, arn = queue(Policy=json.dumps({"Version": "2012-10-17", "Statement": allow}))
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    given = {
        "TopicArn": topic,
        "Subject": "done",
        "Message": {"document": "{% $states.input.id %}"},
        "MessageAttributes": {"status": {"DataType": "String", "StringValue": "succeeded"}},
    }
    sandbox.forget_calls()
    published = start({"Say": task("sns:publish", given)}, {"id": "d"}).output()
    assert published["MessageId"]
    assert published["SdkHttpMetadata"]["HttpStatusCode"] == 200
    [message] = eventually(lambda: sqs.receive_message(QueueUrl=url).get("Messages"))
    told = json.loads(message["Body"])
    assert json.loads(told["Message"]) == {"document": "d"}
    assert told["MessageAttributes"]["status"]["Value"] == "succeeded"
    assert sandbox.calls()["sns:Publish"] == 1


def test_a_functions_result_is_its_payload(start, task, function):
    name = function("def handler(event, context):\n    return {'got': event}\n")
    given = {"FunctionName": name, "Payload": {"a": "{% $states.input.a %}"}}
    result = start({"Call": task("lambda:invoke", given)}, {"a": "ü"}).output()
    assert result["Payload"] == {"got": {"a": "ü"}}
    assert (result["StatusCode"], result["ExecutedVersion"]) == (200, "$LATEST")


def test_an_exceptions_class_is_the_errors_name(start, task, function):
    source = (
        "class Refused(Exception): pass\n"
        "def handler(event, context):\n"
        "    raise Refused('empty: no bytes')\n"
    )
    error, cause = start(
        {"Call": task("lambda:invoke", {"FunctionName": function(source)})}
    ).error()
    said = json.loads(cause)
    assert (error, said["errorType"], said["errorMessage"]) == (
        "Refused",
        "Refused",
        "empty: no bytes",
    )
    assert said["stackTrace"]


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("TooManyRequestsException", 429, "Lambda.TooManyRequestsException"),
        ("ServiceException", 500, "Lambda.ServiceException"),
        ("AccessDeniedException", 403, "Lambda.AWSLambdaException"),
    ],
)
def test_lambdas_own_errors_are_not_the_functions(
    start, task, function, faults, code, status, error
):
    given = {"FunctionName": function("def handler(event, context): pass\n")}
    faults([{"action": "lambda:InvokeFunction", "code": code, "status": status}])
    assert start({"Call": task("lambda:invoke", given)}).error()[0] == error


def test_a_function_may_stand_for_the_task_itself(start, sandbox, function):
    name = function("def handler(event, context):\n    return [event]\n")
    arn = sandbox.client("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    run = start({"Call": {"Type": "Task", "Resource": arn, "End": True}}, {"a": 1})
    assert run.output() == [{"a": 1}]
    assert "LambdaFunctionSucceeded" in run.kinds()


def test_an_optimized_call_names_errors_after_the_first_sdk(start, task):
    given = {"TableName": "none", "Key": {"id": {"S": "a"}}}
    error, cause = start({"Get": task("dynamodb:getItem", given)}).error()
    assert error == "DynamoDB.ResourceNotFoundException"
    assert "Error Code: ResourceNotFoundException;" in cause


def test_a_machine_waits_for_another(start, task, machine):
    inner = machine(
        {"Double": {"Type": "Pass", "Output": "{% $states.input.n * 2 %}", "End": True}}
    )
    given = {"StateMachineArn": inner, "Input": {"n": 21}}
    result = start({"Run": task("states:startExecution.sync:2", given)}).output()
    assert (result["Status"], result["Output"]) == ("SUCCEEDED", 42)
