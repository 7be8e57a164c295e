"""Several pictures and videos in the desk: taken in, shown, ordered."""
