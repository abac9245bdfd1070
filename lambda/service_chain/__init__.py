"""What runs in Lambda for the service chain architecture."""
