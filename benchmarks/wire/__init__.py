"""A platform that costs the least it can, plain and over TLS, and what a call to it costs."""
