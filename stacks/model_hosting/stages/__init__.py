"""States of the machine that deploys a model, each stage in a file of its own."""
