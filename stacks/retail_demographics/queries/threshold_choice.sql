-- What would be lost at each threshold: read before changing one in config/*.toml.
SELECT attribute, threshold, faces, share
FROM confidence_profile
ORDER BY attribute, threshold
