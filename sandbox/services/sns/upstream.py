"""What the sandbox uses of MiniStack's SNS, checked at every start."""

from sandbox.core.patching import Module

sns = Module(
    "ministack.services.sns",
    _deliver_to_lambda=(
        "(endpoint, envelope, topic_arn, sub_arn, msg_id, raw_message, message_attributes)"
    ),
    _error="(code, message, status)",
    _normalize_arn="(arn)",
    _p="(params, key, default)",
    _publish="(params)",
    _publish_batch="(params)",
    _topic_by_arn_any_scope="(topic_arn)",
    _topics="AccountRegionScopedDict",
    time="module",
    topic_policy_allows="(topic_arn, service, source_arn, source_account)",
)
