"""A post and what follows it: how the thread stands, and what people may do with a part that stands still."""
