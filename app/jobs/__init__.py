"""The worker: the same workflows as the web, run by the clock."""
