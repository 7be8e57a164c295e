"""Albums and videos of the pretended Page and Instagram account."""
