"""The pages of what comes in by machine: webhook sources, their deliveries, API keys."""
