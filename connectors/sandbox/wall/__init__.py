"""The wall: what the pretended platforms have published, as people see it."""
