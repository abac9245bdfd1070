"""Whether a device that is killed a hundred times loses a sighting, or tells one twice."""
