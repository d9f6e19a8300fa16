"""The real server, as production runs it, and clients that do what browsers do."""
