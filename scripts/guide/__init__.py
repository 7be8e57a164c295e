"""Types the install guide on a bare machine, command by command."""
