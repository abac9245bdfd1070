"""What the demo asks Athena."""

QUESTIONS = {
    "insights": (
        "SELECT object_key, kind, language, is_source, sentiment, positive, negative, neutral, "
        "mixed, entities, pii_types, pii_count, document_id "
        "FROM insights ORDER BY object_key, NOT is_source, language"
    ),
    "documents": "SELECT document_id FROM documents",
    "failures": "SELECT document_id, reason FROM failures",
}
