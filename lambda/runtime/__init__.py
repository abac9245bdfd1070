"""What code of every architecture needs: functions ship lambda/'s part of it, jobs also jobs/'s."""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
