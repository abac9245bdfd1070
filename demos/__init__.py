"""Programs that show an architecture at work in the sandbox: deploy, feed, query, report."""
