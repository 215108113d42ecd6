"""The mutants, one kind of mistake a file."""
