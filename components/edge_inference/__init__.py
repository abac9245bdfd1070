"""Edge inference: this package is in components/ and jobs/, and each ships its part of it."""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
