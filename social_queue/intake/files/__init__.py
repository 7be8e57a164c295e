"""Readers of files of ingest bodies (JSON, JSON Lines, CSV): row by row, each with its line number."""

__all__ = ["cells", "csv_rows", "judging", "nested", "row_files", "rows"]
