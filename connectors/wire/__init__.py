"""A request under way: the line that it goes out on, and what it proves that one failed."""
