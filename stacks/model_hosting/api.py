"""The way in: an API that knows its callers, holds their rate, and passes on what has a shape."""

import hashlib
import json
from typing import cast

from aws_cdk import Aws, CfnResource, RemovalPolicy
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from guardrails import waive
from guardrails.findings import logical_id
from stacks.model_hosting.request_schema import request_of
from stacks.model_hosting.settings import ModelHosting
from stacks.shared.arns import arn_here, finding_on
from stacks.shared.function import PythonFunction
from stacks.shared.key import CustomerKey
from stacks.shared.permissions import allow, on_behalf_of, waive_inline

STAGE, PATH = "live", "predictions"
ANSWER_MILLISECONDS = 29_000  # the longest that API Gateway waits
# Who called, what was answered, and how long it took: nothing of what was sent or told.
ACCESS_LOG = {
    "request": "$context.requestId",
    "caller": "$context.identity.userArn",
    "method": "$context.httpMethod",
    "path": "$context.resourcePath",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
}


class PredictionApi(Construct):
    """``POST /predictions``, signed by whoever may invoke it; a function answers.

    Rate and burst hold for all callers together; a web ACL of the team's may stand before it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: ModelHosting,
        *,
        key: CustomerKey,
        predict: PythonFunction,
    ) -> None:
        super().__init__(scope, construct_id)
        self._log_days, self._request = settings.log_days, request_of(settings.kind)
        self.resource = apigateway.CfnRestApi(
            self,
            "Resource",
            name=f"{Aws.STACK_NAME}-predictions",
            endpoint_configuration=apigateway.CfnRestApi.EndpointConfigurationProperty(
                types=["REGIONAL"]
            ),
        )
        method = self._method(predict)
        stage = self._stage(settings, self._access_log(key), method)
        self._answer_by(predict)
        if settings.web_acl:
            wafv2.CfnWebACLAssociation(
                self,
                "WebAcl",
                resource_arn=f"arn:{Aws.PARTITION}:apigateway:{Aws.REGION}::/restapis/"
                f"{self.resource.ref}/stages/{stage.ref}",
                web_acl_arn=arn_here("wafv2", f"regional/webacl/{settings.web_acl}"),
            )
        else:
            waive(
                stage,
                "api_without_web_acl",
                because="Every caller is known by its signature; a web ACL is there by setting.",
            )
        self.url = (
            f"https://{self.resource.ref}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}/{STAGE}/{PATH}"
        )

    def _method(self, predict: PythonFunction) -> apigateway.CfnMethod:
        place = apigateway.CfnResource(
            self,
            "Predictions",
            rest_api_id=self.resource.ref,
            parent_id=self.resource.attr_root_resource_id,
            path_part=PATH,
        )
        model = apigateway.CfnModel(
            self,
            "Request",
            rest_api_id=self.resource.ref,
            content_type="application/json",
            schema=self._request,
        )
        validator = apigateway.CfnRequestValidator(
            self,
            "Validator",
            rest_api_id=self.resource.ref,
            validate_request_body=True,
            validate_request_parameters=True,
        )
        function = predict.function.function_arn
        method = apigateway.CfnMethod(
            self,
            "Predict",
            rest_api_id=self.resource.ref,
            resource_id=place.ref,
            http_method="POST",
            authorization_type="AWS_IAM",
            request_models={"application/json": model.ref},
            request_validator_id=validator.ref,
            integration=apigateway.CfnMethod.IntegrationProperty(
                type="AWS_PROXY",
                integration_http_method="POST",
                uri=f"arn:{Aws.PARTITION}:apigateway:{Aws.REGION}:lambda:path/2015-03-31/functions/"
                f"{function}/invocations",
                timeout_in_millis=ANSWER_MILLISECONDS,
            ),
        )
        waive(
            method,
            "api_signed_by_iam",
            because="Its callers are services of this account, which sign what they ask by IAM.",
        )
        return method

    def _access_log(self, key: CustomerKey) -> logs.LogGroup:
        group = logs.LogGroup(
            self, "AccessLog", encryption_key=key, removal_policy=RemovalPolicy.DESTROY
        )
        cast(logs.CfnLogGroup, group.node.default_child).retention_in_days = self._log_days
        key.serve_logs()
        return group

    def _stage(
        self, settings: ModelHosting, access_log: logs.LogGroup, method: CfnResource
    ) -> apigateway.CfnStage:
        # A deployment is a picture of the API: what changes needs another, so it has another name.
        told = json.dumps([self._request, PATH, ANSWER_MILLISECONDS], sort_keys=True)
        deployment = apigateway.CfnDeployment(
            self,
            f"Deployment{hashlib.sha256(told.encode()).hexdigest()[:8]}",
            rest_api_id=self.resource.ref,
        )
        deployment.add_resource_dependency(method)
        stage = apigateway.CfnStage(
            self,
            "Stage",
            rest_api_id=self.resource.ref,
            deployment_id=deployment.ref,
            stage_name=STAGE,
            tracing_enabled=True,
            access_log_setting=apigateway.CfnStage.AccessLogSettingProperty(
                destination_arn=access_log.log_group_arn, format=json.dumps(ACCESS_LOG)
            ),
            method_settings=[
                apigateway.CfnStage.MethodSettingProperty(
                    http_method="*",
                    resource_path="/*",
                    throttling_rate_limit=settings.requests_per_second,
                    throttling_burst_limit=settings.burst,
                    metrics_enabled=True,
                    logging_level="ERROR",
                    data_trace_enabled=False,
                )
            ],
        )
        if settings.account_logs:
            stage.add_resource_dependency(self._log_as_the_account(access_log))
        waive(
            stage,
            "api_without_cache",
            because="An answer is for one request of one caller, and a cache would keep it.",
        )
        waive(
            stage,
            "api_without_client_certificate",
            because="Its backend is a Lambda function, which IAM lets it call: no host of ours.",
        )
        return stage

    def _log_as_the_account(self, access_log: logs.LogGroup) -> apigateway.CfnAccount:
        """Let API Gateway write this API's logs: a setting of the account, one for all its APIs."""
        role = iam.Role(
            self,
            "LogsRole",
            assumed_by=iam.ServicePrincipal(
                "apigateway.amazonaws.com", conditions=on_behalf_of(arn_here("apigateway", "*"))
            ),
        )
        executions = f"log-group:API-Gateway-Execution-Logs_{self.resource.ref}/{STAGE}"
        groups = [access_log.log_group_arn, arn_here("logs", f"{executions}:*")]
        streams = [arn_here("logs", f"{executions}:log-stream:*")]
        allow(role, "logs:CreateLogGroup", "logs:DescribeLogStreams", on=groups)
        allow(
            role,
            *("logs:CreateLogStream", "logs:PutLogEvents"),
            on=[*streams, access_log.log_group_arn],
        )
        waive_inline(role)
        spelled = f"<{logical_id(self.resource)}>"
        waive(
            role,
            "object_wildcard",
            because="API Gateway names a stream of its log when it first writes to one.",
            findings=[
                finding_on(arn_here("logs", executions.replace(self.resource.ref, spelled) + end))
                for end in (":*", ":log-stream:*")
            ],
        )
        account = apigateway.CfnAccount(self, "Account", cloud_watch_role_arn=role.role_arn)
        account.node.add_dependency(role)
        return account

    def _answer_by(self, predict: PythonFunction) -> None:
        lambda_.CfnPermission(
            self,
            "MayInvoke",
            action="lambda:InvokeFunction",
            function_name=predict.function.function_arn,
            principal="apigateway.amazonaws.com",
            source_arn=arn_here("execute-api", f"{self.resource.ref}/{STAGE}/POST/{PATH}"),
        )
        waive(
            predict.function,
            "no_dead_letter_target",
            because="Only the API invokes it and waits for its answer, which tells what failed.",
        )
