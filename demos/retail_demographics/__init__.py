"""A shop day through RetailDemographics: frames in, aggregates out, every face once."""
