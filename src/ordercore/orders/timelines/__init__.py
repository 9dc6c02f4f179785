"""The order's page: everything that has happened to it and what is still to come, in one list."""
