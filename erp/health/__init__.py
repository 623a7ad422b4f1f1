"""Partnership health: arithmetic on frames. No database, no clock, no screen."""
