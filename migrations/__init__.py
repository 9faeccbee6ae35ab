"""The schema's history: numbered, linear, up and down. Run through `serai db upgrade`."""
