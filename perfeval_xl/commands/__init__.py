"""The commands, a module each: they parse words, call the pipeline and print; nothing heavy is imported before it is used."""
