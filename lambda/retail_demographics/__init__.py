"""What runs in Lambda for the retail demographics architecture."""
