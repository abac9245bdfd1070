"""The stages of the chain: each one's states, functions and rights, as plain data."""

from stacks.service_chain.stages.linking import functions_of, link, stages
from stacks.service_chain.stages.stage import Stage

__all__ = ["Stage", "functions_of", "link", "stages"]
