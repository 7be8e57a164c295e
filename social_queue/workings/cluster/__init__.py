"""What keeps one host's cluster of workers going: its local queue, and the signs of life that go through it."""
