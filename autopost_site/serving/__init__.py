"""What of gunicorn costs a small answer more than it must, done otherwise."""
