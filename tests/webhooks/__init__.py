"""Tests of the webhooks' door."""
