"""Does the server of this machine answer, and can it? Exit status 0 or 1, for health checks.

Reads PORT and BASE_URL as the server does, under whose name it has to ask. Loads nothing of the
platform: it runs every few seconds.
"""

from __future__ import annotations

import http.client
import os
import sys
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 4


def is_ready() -> bool:
    port = int(os.environ.get("PORT", "8000"))
    host = urlsplit(os.environ.get("BASE_URL", "")).hostname or "127.0.0.1"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/readyz", headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_ready() else 1)
