"""What a run tells beyond its verdicts: the likely defects, and the arithmetic observed."""
