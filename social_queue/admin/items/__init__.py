"""The pages of queue items."""
