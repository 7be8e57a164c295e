"""What a picture is made of, counted before anything reads it."""
