"""What text from outside really says: its encoding, its JSON, its moments, its letters."""

__all__ = ["field_faults", "file_text", "invisible", "moments", "soundness", "strict_json", "wall"]
