"""The pages of the supervisor and the independent monitor."""
