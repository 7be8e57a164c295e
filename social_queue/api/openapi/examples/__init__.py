"""Bodies and answers as /api/docs/ shows them."""
