"""Retail demographics: who is in the pictures of a store's cameras, in aggregate."""

DESCRIPTION = (
    "Counts who is in the pictures of store cameras, by age band, gender and expression, with "
    "Rekognition; a frame is deleted once it is counted, or by a rule of one day. Use it for "
    "lawful, aggregated statistics only: never to identify, track or single out a person, nor to "
    "decide about one. Gender is a guess from appearance, not an identity; an expression is not a "
    "feeling; an age is a range. Tell the people who are filmed, and opt out of the use of content "
    "by AI services. See docs/retail_demographics.md."
)
