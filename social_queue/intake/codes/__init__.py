"""A code for machines beside each sentence about a field."""
