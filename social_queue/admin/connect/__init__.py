"""The pages on which accounts are connected by a log-in at their platform."""
