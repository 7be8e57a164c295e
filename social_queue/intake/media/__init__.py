"""The pictures and videos that a body names: read, looked up among the uploads, and judged for its accounts."""
