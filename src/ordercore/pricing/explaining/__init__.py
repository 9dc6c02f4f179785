"""How a quote is put into words: rows of data first, then text, a table, or plain data."""
