"""The comprehensive report and the working plan, as Word documents filled from the scheme's templates."""
