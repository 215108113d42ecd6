"""The pytest plugin, and the fixture that checks one function."""
