"""What the sandbox uses of MiniStack's core and of its CloudFormation, checked at every start."""

from sandbox.core.patching import Module

gateway = Module(
    "ministack.app",
    AUTH="bool",
    SERVICE_HANDLERS="dict",
    SERVICE_REGISTRY="dict",
    _dispatch_service_request="(method, path, headers, body, query_params, request_id)",
    _loaded_modules="dict",
    _reset_all_state="()",
    app="(scope, receive, send)",
    call_service_handler_sync="(handler, method, path, headers, body, query_params, timeout)",
    main="()",
    parse_qs="(qs, keep_blank_values, strict_parsing, encoding, errors, max_num_fields, separator)",
    pin_request_origin="(source_ip, secure_transport)",
)
concurrency = Module(
    "ministack.core.concurrency",
    esm_wake="Event",
)
iam_actions = Module(
    "ministack.core.iam_actions",
    SERVICE_TO_IAM_NAMESPACE="dict",
    _BOTOCORE_SERVICE_MAP="dict",
    _SERVICE_PROTOCOL="dict",
    _s3_action="(method, path, query_params)",
    _s3_source_object="(headers)",
    access_denied_response=(
        "(service, action, principal_arn, request_id, *, error_code, message, headers, "
        "resource_arn, explicit_deny, resource_policy_arn)"
    ),
    dynamodb_resource_arns="(body, region, account_id)",
    dynamodb_transaction_checks="(iam_action, body, region, account_id)",
    extract_iam_action="(service, method, path, headers, body, query_params)",
    extract_resource_arn="(service, method, path, headers, body, query_params, region, account_id)",
    request_tag_context="(service, iam_action, body, params)",
    identity_denial_message="(action, principal_arn, resource, explicit_deny)",
)
iam_evaluator = Module(
    "ministack.core.iam_evaluator",
    AuthError="(code, message, details)",
    EvalContext=(
        "(principal_arn, principal_type, principal_account, action, resource_arn, region, "
        "source_ip, secure_transport, request_tags, tag_keys, service_context, "
        "principal_keys)"
    ),
    _POLICY_REQUIRED="frozenset",
    _fnmatch_compile="(pattern, ignore_case)",
    _gather_role_policies="(role_name, account_id)",
    _permissions_boundary="(store, name, account_id)",
    _request_caller_arn="ContextVar",
    _request_origin="ContextVar",
    _resolve_condition_key="(key, ctx)",
    _resource_policy="(service, resource_arn)",
    _role_name_from_assumed_arn="(assumed_arn)",
    combine_resource_policy="(identity, ctx, policy, owner_account, required, limits)",
    enforce="(access_key_id, iam_action, service, region, resource_arn, service_context)",
    evaluate="(ctx, policies, *limits)",
    parse_policy_document="(doc)",
    evaluate_resource_policy="(doc, ctx, service, named_only, direct_only)",
    resolve_principal="(access_key_id, account_id, credential)",
)
responses = Module(
    "ministack.core.responses",
    AccountRegionScopedDict="()",
    _BOTOCORE_NAME="dict",
    _expected_envelope_content_type="(service, emitted_ct, overrides)",
    _service_model="(service)",
    error_response_json="(code, message, status, extra, *, message_key, content_type)",
    get_account_id="()",
    get_region="()",
    json_response="(data, status, *, content_type)",
    new_uuid="()",
    now_iso="()",
    request_scope="(account_id, region)",
)
router = Module(
    "ministack.core.router",
    SERVICE_PATTERNS="dict",
    _is_aws_service_name="(scope_name)",
    extract_access_key_id="(headers, query_params)",
)
sigv4 = Module(
    "ministack.core.sigv4",
    decode_header_value="(value)",
)
provisioners = Module(
    "ministack.services.cloudformation.provisioners",
    _RESOURCE_HANDLERS="dict",
    _custom_named_replacement_error="(resource_type, old_props, new_props, physical_id)",
    _cw_metric_alarm_record="(name, props)",
    _delete_resource="(resource_type, physical_id, props, stack_name, logical_id)",
    _provision_resource="(resource_type, logical_id, props, stack_name)",
    _replacing_change="(resource_type, old_props, new_props)",
    _sfn_definition="(props)",
    _sfn_handler_error="(message)",
    _update_resource=(
        "(resource_type, physical_id, old_props, new_props, stack_name, logical_id, old_attrs)"
    ),
)
# The services that `aws-sdk` tasks of Step Functions may call.
aws_sdk = Module("ministack.services.stepfunctions", _AWS_SDK_SERVICE_MAP="dict")
