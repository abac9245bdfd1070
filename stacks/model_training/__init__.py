"""Model training: a training set becomes a judged, registered model."""

DESCRIPTION = (
    "Trains, judges and registers a model of each training set. See docs/model_training.md."
)
