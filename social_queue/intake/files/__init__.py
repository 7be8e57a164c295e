"""Files of ingest bodies are read row by row, each with the line it begins in."""

__all__ = ["csv_rows", "row_files", "rows"]
