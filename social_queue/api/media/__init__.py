"""The door for pictures and videos."""
