"""A program that speaks Apertium's stream format and knows five words: run, not imported."""

import os
import re
import sys

WORDS = {"the": "la", "house": "casa", "my": "mi", "order": "orden", "arrived": "llegó"}
FROZEN_OR_WORD = re.compile(r"\[(?:\\.|[^\]])*\]|\w+", re.DOTALL)


def translated(found):
    word = found[0]
    known = WORDS.get(word.lower(), word)
    return known.capitalize() if word.istitle() else known


def main():
    if "-z" not in sys.argv:
        sys.exit("told to wait for the end of the input")
    waiting = b""
    while chunk := os.read(sys.stdin.fileno(), 65536):
        *texts, waiting = (waiting + chunk).split(b"\0")
        for text in texts:
            answer = FROZEN_OR_WORD.sub(translated, text.decode())
            sys.stdout.buffer.write(answer.encode() + b"\0")
            sys.stdout.buffer.flush()


main()
