"""What an operator does to a deployed architecture, in an account or in the sandbox."""
