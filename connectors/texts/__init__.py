"""What stands in texts and addresses, as platforms and people write them."""
