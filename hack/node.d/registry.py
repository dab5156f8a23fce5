#!/usr/bin/env python3
"""A registry that has nothing and says so in several ways, by the first part of the image's name:
`missing` 404, `private` 401, `forbidden` 403, `limited` 429, `broken` 500.

    registry.py PORT
"""

import http.server
import sys

STATUSES = {"missing": 404, "private": 401, "forbidden": 403, "limited": 429, "broken": 500}


class Registry(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        # /v2/NAME/…/manifests/TAG
        name = self.path.split("/")[2] if self.path.count("/") > 1 else ""
        self.send_response(STATUSES.get(name, 404))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET

    def log_message(self, *_):
        """Nobody reads it."""


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Registry).serve_forever()
