"""Taking back what is out: asked for, chosen, called off."""
