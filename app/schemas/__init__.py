"""The one validation of what comes from outside: each schema builds the command of one workflow."""
