"""The golden vectors: read, cached, checked, selected, and generated from Lean."""
