"""How each door of the API is described at /api/docs/ and in /api/schema/."""
