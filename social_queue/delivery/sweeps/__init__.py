"""What runs every few minutes over posts: leases, doubts, what expired, what was missed."""
