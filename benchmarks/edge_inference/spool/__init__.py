"""How many sightings a second a device keeps, and what each takes on its disk."""
