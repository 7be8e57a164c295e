"""More commands for whoever runs the desk; a folder holds only so many."""
