"""The parts of `ordercore.pricing.reversal`: what is back, what that comes to, and its words."""
