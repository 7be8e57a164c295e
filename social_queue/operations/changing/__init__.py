"""What a change of an item is judged by, and what follows from it."""
