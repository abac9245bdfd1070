"""The reference architectures, one module or package each, and their settings."""
