"""Models turned into display values, so that templates hold no logic and models no HTML."""
