"""Index: a database that is made from the logs, may be thrown away, and answers questions."""
