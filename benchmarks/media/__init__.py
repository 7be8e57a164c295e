"""What pictures and videos cost the processes that they pass through."""
