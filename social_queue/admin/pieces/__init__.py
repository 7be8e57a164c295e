"""Fields, filters and looks that several pages share."""
