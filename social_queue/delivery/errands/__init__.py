"""A post that is out is taken back or corrected: taken up, done on the platform, and its end written down."""
