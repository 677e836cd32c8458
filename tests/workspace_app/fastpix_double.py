"""A small HTTP server on loopback that answers every request with what it was told last."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FASTPIX_ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


class Double:
    """`says` a status and a body; remembers the Authorization header of every request in `asked`."""

    def __init__(self):
        self.asked = []
        self.holds()
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                double.asked.append(self.headers.get("Authorization"))
                self.send_response(double.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(double.body)))
                self.end_headers()
                self.wfile.write(double.body)

            do_POST = do_PATCH = do_GET

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def holds(self, *, workspace_id=FASTPIX_ID):
        """One media of a FastPix workspace; with "" the library is empty."""
        items = [{"id": "m", "workspaceId": workspace_id}] if workspace_id else []
        page = {"totalRecords": len(items), "currentOffset": 1, "offsetCount": len(items)}
        self.says(200, {"success": True, "data": items, "pagination": page})

    def refuses(self, status, message="no"):
        self.says(status, {"success": False, "error": {"code": status, "message": message, "description": message}})

    def says(self, status, body):
        self.status, self.body = status, body if isinstance(body, bytes) else json.dumps(body).encode()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
