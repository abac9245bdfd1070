"""What the sandbox uses of MiniStack's S3, checked at every start."""

from sandbox.core.patching import Module

s3 = Module(
    "ministack.services.s3",
    _bucket_accelerate_config="AccountScopedDict",
    _bucket_default_sse_headers="(bucket_name)",
    _bucket_encryption="AccountScopedDict",
    _bucket_logging_config="AccountScopedDict",
    _bucket_object_lock="AccountScopedDict",
    _bucket_tags="AccountScopedDict",
    _bucket_versioning="AccountScopedDict",
    _buckets="AccountScopedDict",
    _complete_multipart_upload="(bucket_name, key, body, query_params, headers)",
    _copy_object="(bucket_name, dest_key, headers)",
    _create_multipart_upload="(bucket_name, key, headers)",
    _delete_bucket_encryption="(name)",
    _delete_bucket_lifecycle="(name)",
    _delete_bucket_tagging="(name)",
    _delete_object="(bucket_name, key, headers, query_params)",
    _delete_objects="(bucket_name, body, headers)",
    _deliver_event_to_lambda="(arn, event_payload, bucket_region)",
    _deliver_event_to_sqs="(arn, event_payload, bucket_region, bucket_name)",
    _ensure_bucket="(name)",
    _error="(code, message, status, resource, extra, headers)",
    _fire_s3_event=(
        "(bucket_name, key, event_name, size, etag, deletion_type, restore_event_data, "
        "version_id, sequencer, object_extra, record_extra)"
    ),
    _get_object="(bucket_name, key, headers, query_params)",
    _get_object_attributes="(bucket_name, key, headers, query_params)",
    _get_object_data="(bucket_name, key, version_id)",
    _head_object="(bucket_name, key, headers, query_params)",
    _invalid_notification_config="(message)",
    _multipart_uploads="AccountScopedDict",
    _notification_destination_allows="(target_type, arn, bucket_name, owner)",
    _object_record_from_version="(v)",
    _object_versions="AccountScopedDict",
    _put_bucket_accelerate="(name, body)",
    _put_bucket_acl="(name, body, headers)",
    _put_bucket_encryption="(name, body)",
    _put_bucket_lifecycle="(name, body)",
    _put_bucket_logging="(name, body)",
    _put_bucket_ownership_controls="(name, body)",
    _put_bucket_tagging="(name, body)",
    _put_object="(bucket_name, key, body, headers)",
    _put_object_lock_configuration="(bucket_name, body)",
    _qp="(params, key, default)",
    _resolve_sse_write_headers="(headers, bucket_name)",
    _stored_sse_headers="(obj)",
    _upload_part="(bucket_name, key, body, query_params, headers)",
    _upload_part_copy="(bucket_name, dest_key, query_params, headers)",
    _validate_notification_configs=(
        "(configs, bucket_region, bucket_name, skip_destination_validation)"
    ),
    _xml_body="(root)",
    fromstring="(text, forbid_dtd, forbid_entities, forbid_external)",
)
