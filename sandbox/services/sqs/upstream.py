"""What the sandbox uses of MiniStack's SQS, checked at every start."""

from sandbox.core.patching import Module

sqs = Module(
    "ministack.services.sqs",
    _Err="(code, message, status)",
    _HANDLERS="dict",
    _act_send_message="(data, qurl)",
    _collect_msgs="(q, max_n, vis_timeout)",
    _delete_messages_for_esm="(queue_url, receipt_handles)",
    _dlq_sweep="(q)",
    _ensure_msg_fields="(m)",
    _expire_retained="(q)",
    _get_q="(url, action)",
    _queue_by_arn="(arn)",
    _queues="AccountRegionScopedDict",
    _queues_lock="lock",
    _receive_messages_for_esm="(queue_url, max_number)",
    queue_delay="(q)",
    queue_policy_allows="(queue_arn, service, source_arn, source_account)",
    time="module",
)
