"""The colours of a page for a drawing that stands alone, by light and by dark."""

import re
from pathlib import Path

PAGE = Path(__file__).with_name("page.css")


def themes(rules: str) -> str:
    """Write the variables that a style sheet uses, as the page has them, before its own rules."""
    page = PAGE.read_text(encoding="utf-8")
    light = dark = ""
    for name in sorted(set(re.findall(r"var\((--[\w-]+)\)", rules))):
        if found := re.search(rf"{name}: light-dark\((#\w+), (#\w+)\)", page):
            light, dark = f"{light}{name}:{found[1]};", f"{dark}{name}:{found[2]};"
        elif plain := re.search(rf"{name}: ([^;]+);", page):
            light += f"{name}:{plain[1]};"
    return f"svg{{{light}}}@media (prefers-color-scheme:dark){{svg{{{dark}}}}}\n{rules}"
