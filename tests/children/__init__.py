"""Children and records of one person: merging, tracing, registration."""
