"""Measurements: chaos, speed, lists and statistics; none of them is a test."""
