"""Files and folders that settings name."""
