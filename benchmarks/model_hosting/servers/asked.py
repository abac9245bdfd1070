"""A client that asks again and again over one connection, and does little else."""

import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Asked:
    """Seconds that each answer took, from its first byte sent to its last one received."""

    latencies: Sequence[float]
    answer: bytes

    def percentile(self, share: float) -> float:
        """Tell the latency that so large a share of the answers kept within."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def request(path: str, body: bytes, content_type: str, accept: str) -> bytes:
    """Write a request once, for all times that it is sent."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: {content_type}\r\n"
        f"Accept: {accept}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def ask(port: int, sent: bytes, seconds: float) -> Asked:
    """Ask one after another for so long; raises ValueError for an answer that is no 200."""
    latencies: list[float] = []
    answer = b""
    with socket.create_connection((HOST, port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        end = time.perf_counter() + seconds
        while (begun := time.perf_counter()) < end:
            connection.sendall(sent)
            answer = _answer(connection)
            latencies.append(time.perf_counter() - begun)
    return Asked(latencies, answer)


def _answer(connection: socket.socket) -> bytes:
    received = b""
    while (end := received.find(b"\r\n\r\n")) < 0:
        received += _some(connection)
    head, body = received[:end].lower(), received[end + 4 :]
    if not head.startswith(b"http/1.1 200"):
        raise ValueError(f"the answer is {received[:500]!r}")
    length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += _some(connection)
    return body


def _some(connection: socket.socket) -> bytes:
    if not (some := connection.recv(65536)):
        raise ValueError("the server closed the connection")
    return some
