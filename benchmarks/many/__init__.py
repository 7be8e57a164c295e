"""The desk and its upgrades with a thousand items beside a million."""
