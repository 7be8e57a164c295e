"""Buttons, bulk actions and what a press would do, for every page."""
