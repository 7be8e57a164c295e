"""A field map tried before it is saved: on the bodies that came last, or on a sample."""
