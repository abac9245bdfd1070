"""Service chain: what recordings and texts say, in every language, as one document each."""

from stacks.service_chain.stack import ServiceChainStack

__all__ = ["ServiceChainStack"]
