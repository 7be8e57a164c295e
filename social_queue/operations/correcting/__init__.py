"""Another text for what is out: judged, asked for, called off."""
