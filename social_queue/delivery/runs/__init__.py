"""One run: what it has in hand, how its hands are filled, and how it shares the work with other runs."""
