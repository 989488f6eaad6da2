"""Results → files: everything that knows layouts and formats."""
