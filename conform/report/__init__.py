"""Writers of finished results, one form a file."""
