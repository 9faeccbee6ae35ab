"""The pages of a border official: today, who, now, inform, ask, outcome, receipt."""
