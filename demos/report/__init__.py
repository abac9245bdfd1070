"""One self-contained page: markup that escapes, charts that need no library, one style."""
