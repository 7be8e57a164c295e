"""What waits for a human, one at a time."""
