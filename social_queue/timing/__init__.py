"""Time as people mean it: zones, weekly slots, quiet hours, repeats, and what becomes of what was missed."""

__all__ = ["late", "outlook", "patterns", "plans", "quiet", "rules", "rules_in_words", "slots", "upcoming", "zones"]
