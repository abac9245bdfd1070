"""What the demo asks Athena."""

QUESTIONS = {
    "insights": (
        "SELECT object_key, language, is_source, sentiment, positive, negative, "
        "array_join(transform(entities, one -> one.text), ', ') AS entities, "
        "array_join(pii_types, ', ') AS pii_types, pii_count, document_id "
        "FROM insights ORDER BY object_key, NOT is_source, language"
    ),
    "failures": "SELECT document_id FROM failures",
}
