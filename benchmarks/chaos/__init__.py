"""What is broken on purpose while the desk publishes: workers killed, one fault among real clusters, silent days."""
