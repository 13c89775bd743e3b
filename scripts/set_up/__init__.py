"""Makes the virtual environments from the lock files, with nothing but Python's own library."""
