"""The opener: one static page that opens a sealed letter from disk, for an agency without Serai.

`opener.html` is what is given out; its Content-Security-Policy names the hashes of its style and script;
after an edit, `python -m app.opener` writes them again. It has no network, no storage and no link.
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

PAGE = Path(__file__).with_name("opener.html")
_INLINE = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)


def policy(page: str) -> str:
    """The policy that lets the page's own style and script run, and nothing be loaded or sent."""
    inline = {
        tag: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for tag, text in _INLINE.findall(page)
    }
    return (
        f"default-src 'none'; script-src 'sha256-{inline['script']}'; "
        f"style-src 'sha256-{inline['style']}'; "
        "connect-src 'none'; form-action 'none'; base-uri 'none'"
    )


def with_policy(page: str) -> str:
    """The page with its policy written anew."""
    return re.sub(
        r'(http-equiv="Content-Security-Policy" content=")[^"]*', rf"\g<1>{policy(page)}", page
    )
