"""What one vendor's pages need and no other."""
