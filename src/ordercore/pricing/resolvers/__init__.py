"""Who applies when promotions compete: by priority, the best alone, or the best together."""
