"""What follows a post: each part is claimed in its turn, sent at most once, and its end written down."""
