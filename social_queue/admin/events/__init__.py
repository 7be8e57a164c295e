"""What happened, who subscribes to it, and how each delivery ended."""
