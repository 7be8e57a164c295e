"""What the reports show."""

__all__ = ["csv_file", "lines", "report"]
