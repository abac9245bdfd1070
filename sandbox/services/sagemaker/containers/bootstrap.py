"""The first process of a container: without a network where it may have none, then the command."""

# It is run by its path, with the interpreter alone: of the sandbox it can import nothing.
import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import struct
import sys
from pathlib import Path

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_SET_FLAGS, _UP = 0x8914, 0x1
_PARENT_DEATH_SIGNAL = 1


def main() -> None:
    """Isolate this process if asked to, and become the command."""
    mode, *command = sys.argv[1:]
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if mode == "isolated" and not _leave_network():
        # No such namespace here, as on macOS: what Python itself would open is refused.
        paths = (str(Path(__file__).parent / "guard"), os.environ.get("PYTHONPATH"))
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    os.execvp(command[0], command)  # noqa: S606 (the command is the caller's, as in a container)


def _leave_network() -> bool:
    """Go into a network of the kernel's with nothing in it but a loopback of its own."""
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if library.unshare(_NEW_NETWORK) != 0:
        if library.unshare(_NEW_USER | _NEW_NETWORK) != 0:
            return False
        with contextlib.suppress(OSError):  # else it goes by the name of nobody
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
            Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    with contextlib.suppress(OSError), socket.socket() as any_socket:
        request = struct.pack("16sh14x", b"lo", _UP)
        fcntl.ioctl(any_socket, _SET_FLAGS, request)
    return True


if __name__ == "__main__":
    main()
