"""What the composer has beside an item's words: what follows it, and whether a machine made it."""
