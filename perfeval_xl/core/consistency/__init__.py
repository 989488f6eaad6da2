"""The papers read as a reviewer reads them: scores, words and statements against each other."""
