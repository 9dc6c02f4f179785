"""How what is told is laid out: blocks of tables and notes, as text of fixed width and as HTML."""
