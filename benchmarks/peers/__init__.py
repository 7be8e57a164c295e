"""What others do with the same call and the same row, each as most people would write it."""
