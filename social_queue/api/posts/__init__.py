"""The door of one post."""
