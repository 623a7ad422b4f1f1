"""A county's own spreadsheets: file → rows and findings. Pure: no database, no clock, nothing is written here."""
