"""Service chain: what recordings and texts say, in every language, as one document each."""

DESCRIPTION = (
    "Turns recordings and texts into one document each: transcript, translations, sentiment, "
    "entities, key phrases and personal data, with Transcribe, Translate and Comprehend. Tell the "
    "people who are recorded. A sentiment is a statistic of words, not what a person feels; a "
    "transcript or translation may be wrong; redaction finds much and not all: let a person look "
    "before anything is decided or published. Opt out of the use of content by AI services. See "
    "docs/service_chain.md."
)
