"""The demonstration: everything on this machine, real in all but the platforms."""
