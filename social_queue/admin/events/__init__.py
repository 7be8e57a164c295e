"""What happened, who is told of it, and what came of telling."""
