"""Several bodies that come at the same moment, stored in one transaction."""
