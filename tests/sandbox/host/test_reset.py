"""That a reset leaves nothing, tried on a sandbox of its own."""

from sandbox.host import client


def test_a_reset_forgets_resources_faults_and_counts():
    with client.start(iam=False) as sandbox:
        sandbox.client("s3").create_bucket(Bucket="bucket")
        sandbox.faults([{"action": "sqs:*", "code": "SlowDown"}])
        sandbox.reset()
        assert sandbox.calls() == {}
        assert sandbox.faults() == []
        assert sandbox.client("s3").list_buckets()["Buckets"] == []
