"""The settings: sections that all architectures share, and how the files are read."""

from stacks.settings.errors import SettingsError
from stacks.settings.loader import CONFIG, Settings, load_settings
from stacks.settings.shared import Quotas, Shared

__all__ = ["CONFIG", "Quotas", "Settings", "SettingsError", "Shared", "load_settings"]
