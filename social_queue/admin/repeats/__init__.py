"""Repeats: their own page, and what an item of one may say for all that follow."""
