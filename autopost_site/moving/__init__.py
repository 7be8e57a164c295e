"""A whole site goes from one database to another, of whatever kinds they are."""
