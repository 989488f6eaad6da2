"""What filled-in forms state, as they print it."""
