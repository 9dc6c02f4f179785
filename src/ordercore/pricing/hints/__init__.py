"""凑单: what to add to a cart for more, each hint checked by pricing the changed cart."""
