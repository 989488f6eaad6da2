"""Results → letters: who gets what, the preview in 发件箱, and sending each letter once."""
