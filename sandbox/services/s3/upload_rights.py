"""What an upload needs beside s3:PutObject, for what its headers ask for."""

from collections.abc import Iterator
from urllib.parse import parse_qsl

from sandbox.core.emulator import PARTITION
from sandbox.iam import further_rights
from sandbox.iam.further_rights import Request, Right

# https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html, "Permissions"
_GRANT = "x-amz-grant-"  # and what is granted, such as read
_RIGHTS = {
    "x-amz-tagging": "s3:PutObjectTagging",
    "x-amz-acl": "s3:PutObjectAcl",
    _GRANT: "s3:PutObjectAcl",
    "x-amz-object-lock-mode": "s3:PutObjectRetention",
    "x-amz-object-lock-retain-until-date": "s3:PutObjectRetention",
    "x-amz-object-lock-legal-hold": "s3:PutObjectLegalHold",
}


def install() -> None:
    """Ask for the rights of tags, ACLs, retention and legal holds that come with an object."""
    further_rights.need(_of_headers)


def _of_headers(request: Request) -> Iterator[Right]:
    if request.action != "s3:PutObject" or "uploadId" in request.query:
        return
    names = {name.lower() for name in request.headers}
    asked = {_GRANT if name.startswith(_GRANT) else name for name in names}
    found = {_RIGHTS[name] for name in asked & _RIGHTS.keys()}
    tags = dict(parse_qsl(request.headers.get("x-amz-tagging", ""), keep_blank_values=True))
    context = {
        "s3:RequestObjectTagKeys": list(tags),
        **{f"s3:RequestObjectTag/{name}": value for name, value in tags.items()},
    }
    arn = f"arn:{PARTITION}:s3:::{request.path.lstrip('/')}"
    for action in sorted(found):
        yield Right(action, arn, context if action == "s3:PutObjectTagging" else {})
