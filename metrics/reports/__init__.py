"""What the reports show."""

__all__ = ["best_hour", "best_hour_words", "csv_file", "lines", "report"]
