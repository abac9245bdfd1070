"""Links into the AWS console."""

from aws_cdk import Aws, CfnCondition, Fn
from constructs import Construct

HOSTS = {"aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com"}


class Console(Construct):
    """The console of the partition and Region that a stack turns out to be deployed in."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self._host = "console.aws.amazon.com"
        for partition, host in HOSTS.items():
            here = CfnCondition(
                self, partition, expression=Fn.condition_equals(Aws.PARTITION, partition)
            )
            self._host = Fn.condition_if(here.logical_id, host, self._host).to_string()

    def dashboard(self, name: str) -> str:
        """Link to a CloudWatch dashboard."""
        path = f"cloudwatch/home?region={Aws.REGION}#dashboards:name={name}"
        return f"https://{Aws.REGION}.{self._host}/{path}"
