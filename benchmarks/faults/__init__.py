"""`make chaos ARGS='--fault …'`: real clusters on one or more hosts publish while one thing around them breaks."""
