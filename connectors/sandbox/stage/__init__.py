"""What all pretended platforms share: the world they remember, the wire, scenarios and pictures."""
