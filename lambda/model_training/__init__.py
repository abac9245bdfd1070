"""Training's code: this package is in lambda/ and jobs/, and each ships its part of it."""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
