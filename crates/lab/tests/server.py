"""A server that speaks as much of the product's protocol as the tests of `lab::Server` need."""

import http.server
import os
import signal
import sys

EVENTS = b": hello\n\nid: e-1\nevent: snapshot\ndata: {}\n\nid: e-2\nevent: change\ndata: {\"n\": 2}\n\n"


class Handler(http.server.BaseHTTPRequestHandler):
    not_ready_yet = 2

    def do_GET(self):
        if self.path == "/api/v1/health":
            self.answer(200, b'{"status": "ok"}')
        elif self.path == "/api/v1/ready" and Handler.not_ready_yet:
            Handler.not_ready_yet -= 1
            self.answer(503, b"{}")
        elif self.path == "/api/v1/ready":
            self.answer(200, b"{}")
        elif self.path == "/host":
            self.answer(200, self.headers["Host"].encode())
        elif self.path == "/moved":
            self.answer(302, b"")
        elif self.path == "/events":
            self.answer(200, EVENTS, "text/event-stream; charset=utf-8")
        else:
            self.answer(404, b"no such path")

    def answer(self, status, body, content_type="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Location", "/host")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *arguments):
        pass


def terminate(*_):
    print("terminated", file=sys.stderr, flush=True)
    os._exit(5)


signal.signal(signal.SIGTERM, terminate)
host, port = os.environ["MAINTENANT_ADDR"].split(":")
print("listening", file=sys.stderr, flush=True)
http.server.ThreadingHTTPServer((host, int(port)), Handler).serve_forever()
