"""Networks to plug into a client: silent, or answering with one status."""

import json
from io import BytesIO

import requests
from requests.adapters import BaseAdapter


class Silent(BaseAdapter):
    """Nobody answers."""

    def __init__(self):
        super().__init__()
        self.calls = 0

    def send(self, request, **options):
        self.calls += 1
        raise requests.ConnectTimeout("nobody there", request=request)

    def close(self):
        pass


class Answering(BaseAdapter):
    """Always the same answer."""

    def __init__(self, status=200, data=()):
        super().__init__()
        self.status, self.data, self.calls = status, data, 0

    def send(self, request, **options):
        self.calls += 1
        body = {"success": True, "data": self.data} if self.status < 400 else {"success": False, "error": {}}
        response = requests.Response()
        response.status_code = self.status
        response.url = request.url
        response.request = request
        response.headers["Content-Type"] = "application/json"
        response.raw = BytesIO(json.dumps(body).encode())
        return response

    def close(self):
        pass
