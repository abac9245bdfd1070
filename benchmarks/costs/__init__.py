"""What each architecture costs: arithmetic on list prices."""
