"""What the composer has beside an item's words: what follows it, whether a machine made it, and who let it go out."""
