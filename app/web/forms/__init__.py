"""The forms: they render and carry the CSRF token. Schemas validate, workflows decide."""
