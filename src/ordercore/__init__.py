"""ordercore: an order's whole life as pure values and functions, without any I/O."""
