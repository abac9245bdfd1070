"""DetectFaces as an SDK sees it: shape, attributes, S3, permissions, errors."""

import json
import urllib.error
import urllib.request

import pytest

from fixtures.bad_files import bad_files, too_large_png
from fixtures.faces import draw_frame
from sandbox.services.rekognition.service import ALWAYS, MEMBERS

UNREADABLE = (
    "InvalidS3ObjectException",
    "Unable to get object metadata from S3. Check object key, region and/or access permissions.",
)


def post(sandbox, target, body, **headers):
    """Send a raw request, as an SDK that we do not have would."""
    client = sandbox.client("rekognition")
    sent = []
    client.meta.events.register("before-send", lambda request, **_: sent.append(request.headers))
    client.detect_faces(Image={"Bytes": draw_frame(0, faces=0, size=(160, 120)).image})
    signed = {
        "Authorization": sent[0]["Authorization"].decode(),
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Date": sent[0]["X-Amz-Date"].decode(),
        "X-Amz-Target": target,
    }
    request = urllib.request.Request(sandbox.endpoint, body, signed | headers)  # noqa: S310 - the sandbox
    try:
        with urllib.request.urlopen(request) as reply:  # noqa: S310 - the sandbox
            return reply.status, json.loads(reply.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_the_reply_has_the_shape_of_the_api_and_nothing_else(contract, frame):
    reply = contract("rekognition").detect_faces(Image={"Bytes": frame.image}, Attributes=["ALL"])
    assert len(reply["FaceDetails"]) == 3
    members = {*ALWAYS, *MEMBERS.values()} - {"Landmarks"}
    assert all(set(face) == members for face in reply["FaceDetails"])


def test_a_drawn_frame_gets_its_drawn_answer(rekognition, frame):
    reply = rekognition.detect_faces(Image={"Bytes": frame.image}, Attributes=["ALL"])
    genders = sorted(face["Gender"]["Value"] for face in reply["FaceDetails"])
    assert genders == sorted(person.gender for person in frame.people)
    headers = reply["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-sandbox-source"] == "drawn"
    assert "x-sandbox-synthetic" not in headers


def test_a_picture_of_unknown_origin_says_what_was_made_up(rekognition, frame):
    image = frame.image.replace(b"sandbox-ground-truth", b"something-different-")
    reply = rekognition.detect_faces(Image={"Bytes": image}, Attributes=["GENDER"])
    headers = reply["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-sandbox-synthetic"] == "Gender,Pose"
    assert "x-sandbox-source" not in headers
    assert {face["Gender"]["Confidence"] for face in reply["FaceDetails"]} == {50.0}


@pytest.mark.parametrize(
    ("asked", "extra"),
    [
        (None, set()),
        (["DEFAULT"], set()),
        (["GENDER"], {"Gender"}),
        (["DEFAULT", "FACE_OCCLUDED", "AGE_RANGE"], {"FaceOccluded", "AgeRange"}),
        (["ALL", "DEFAULT"], set(MEMBERS.values())),
    ],
)
def test_only_the_attributes_that_were_asked_for_are_given(rekognition, frame, asked, extra):
    arguments = {"Attributes": asked} if asked else {}
    reply = rekognition.detect_faces(Image={"Bytes": frame.image}, **arguments)
    always = {"BoundingBox", "Confidence", "Pose", "Quality"}
    assert {frozenset(face) for face in reply["FaceDetails"]} == {frozenset(always | extra)}


def test_a_version_of_an_object_is_the_one_that_is_read(rekognition, bucket, put, frame):
    first = put("a/b/c.png", frame.image)
    put("a/b/c.png", draw_frame(0, faces=0, size=(320, 240)).image)
    place = {"Bucket": bucket, "Name": "a/b/c.png"}
    newest = rekognition.detect_faces(Image={"S3Object": place})
    oldest = rekognition.detect_faces(Image={"S3Object": place | {"Version": first}})
    assert [len(reply["FaceDetails"]) for reply in (newest, oldest)] == [0, 3]


def test_a_missing_object_version_or_bucket_is_unreadable(rekognition, bucket, put, refused, frame):
    put("here.png", frame.image)
    for place in (
        {"Bucket": bucket, "Name": "gone.png"},
        {"Bucket": bucket, "Name": "here.png", "Version": "never"},
        {"Bucket": f"{bucket}-other", "Name": "here.png"},
    ):
        assert refused(rekognition.detect_faces, Image={"S3Object": place}) == UNREADABLE


def test_a_caller_needs_the_right_to_detect_faces(allowed, refused, frame):
    image = {"Bytes": frame.image}
    code, message = refused(allowed("s3:GetObject").detect_faces, Image=image)
    assert code == "AccessDeniedException"
    assert "rekognition:DetectFaces" in message
    assert allowed("rekognition:DetectFaces").detect_faces(Image=image)["FaceDetails"]


def test_an_object_is_read_with_the_rights_of_the_caller(allowed, bucket, put, refused, frame):
    place = {"Bucket": bucket, "Name": "a.png"}
    versioned = place | {"Version": put("a.png", frame.image)}
    detect = "rekognition:DetectFaces"
    assert refused(allowed(detect).detect_faces, Image={"S3Object": place}) == UNREADABLE
    reader = allowed(detect, "s3:GetObject").detect_faces
    assert len(reader(Image={"S3Object": place})["FaceDetails"]) == 3
    assert refused(reader, Image={"S3Object": versioned}) == UNREADABLE
    versions = allowed(detect, "s3:GetObjectVersion").detect_faces
    assert len(versions(Image={"S3Object": versioned})["FaceDetails"]) == 3


def test_a_caller_over_the_quota_of_its_region_is_throttled(sandbox, frame):
    client = sandbox.client(
        "rekognition", region_name="eu-central-1", retries={"total_max_attempts": 1}
    )
    refusals = []
    for _ in range(30):
        try:
            client.detect_faces(Image={"Bytes": frame.image})
        except client.exceptions.ProvisionedThroughputExceededException as error:
            refusals.append(error.response["Error"]["Message"])
    assert 0 < len(refusals) <= 25
    assert set(refusals) == {"Provisioned rate exceeded"}


@pytest.mark.parametrize(
    "file",
    [file for file in bad_files() if file.reason in ("not_an_image", "invalid_image", "empty")],
    ids=lambda file: file.name,
)
def test_a_bad_file_in_s3_gets_the_error_of_aws(rekognition, bucket, put, refused, file):
    put(file.key, file.content)
    error = refused(
        rekognition.detect_faces, Image={"S3Object": {"Bucket": bucket, "Name": file.key}}
    )
    if file.reason == "invalid_image":
        assert error == ("InvalidParameterException", "Request has invalid parameters")
    else:
        assert error == ("InvalidImageFormatException", "Request has invalid image format")


def test_15_mb_may_come_from_s3_and_one_byte_more_may_not(rekognition, bucket, put, refused):
    put("largest.png", too_large_png(15 * 1024 * 1024))
    put("huge.png", too_large_png())
    at = {"Bucket": bucket}
    assert rekognition.detect_faces(Image={"S3Object": at | {"Name": "largest.png"}})["FaceDetails"]
    code, _ = refused(rekognition.detect_faces, Image={"S3Object": at | {"Name": "huge.png"}})
    assert code == "ImageTooLargeException"


def test_5_mb_may_come_inline_and_one_byte_more_may_not(rekognition, refused):
    largest = 5_242_880
    reply = rekognition.detect_faces(Image={"Bytes": too_large_png(largest)})
    assert reply["FaceDetails"]
    code, message = refused(rekognition.detect_faces, Image={"Bytes": too_large_png(largest + 1)})
    assert code == "ValidationException"
    assert message.endswith("Member must have length less than or equal to 5242880")


@pytest.mark.parametrize("image", [{}, {"Bytes": b"x", "S3Object": {"Bucket": "abc", "Name": "x"}}])
def test_a_picture_must_come_from_exactly_one_place(rekognition, refused, image):
    error = refused(rekognition.detect_faces, Image=image)
    assert error == ("InvalidParameterException", "Request has invalid parameters")


def test_a_request_without_an_image_or_with_an_unknown_attribute_is_invalid(sandbox):
    for body in (b"{}", b'{"Image": {"Bytes": "eA=="}, "Attributes": ["MOOD"]}'):
        status, reply = post(sandbox, "RekognitionService.DetectFaces", body)
        assert status == 400
        assert b"ValidationException" in reply


def test_another_operation_is_refused_by_name(rekognition, refused):
    code, message = refused(rekognition.list_collections)
    assert code == "UnknownOperationException"
    assert "ListCollections" in message


def test_a_request_in_cbor_is_refused(sandbox):
    status, reply = post(
        sandbox,
        "RekognitionService.DetectFaces",
        b"\xbf\xff",
        **{"smithy-protocol": "rpc-v2-cbor", "Content-Type": "application/cbor"},
    )
    assert 400 <= status < 500
    assert b"Exception" in reply
