"""What runs and feeds the tests."""
