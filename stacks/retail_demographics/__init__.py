"""Retail demographics: who is in the pictures of a store's cameras, in aggregate."""

from stacks.retail_demographics.stack import RetailDemographicsStack

__all__ = ["RetailDemographicsStack"]
