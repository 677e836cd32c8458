"""A transport that records what is sent and answers what it is told to."""

import io
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3.response import HTTPResponse

DATE = "Wed, 20 May 2026 12:50:15 GMT"


class Plug(BaseAdapter):
    """Answers every request with `status` and `payload` (JSON, or bytes as they are), and keeps the request."""

    def __init__(
        self,
        payload: Any = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        answering: Callable[[requests.PreparedRequest], tuple[int, Any]] | None = None,
    ) -> None:
        super().__init__()
        self.payload, self.status, self.answering = payload, status, answering
        self.headers = {"Content-Type": "application/json", "Date": DATE, **(headers or {})}
        self.sent: list[requests.PreparedRequest] = []

    def send(self, request: requests.PreparedRequest, **settings: Any) -> requests.Response:
        self.sent.append(request)
        status, payload = self.answering(request) if self.answering else (self.status, self.payload)
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        response = requests.Response()
        response.status_code, response.url, response.request = status, request.url or "", request
        response.headers.update(self.headers)
        response.raw = HTTPResponse(io.BytesIO(body), status=status, headers=self.headers, preload_content=False)
        return response

    def close(self) -> None:
        """Nothing is open."""

    @property
    def last(self) -> requests.PreparedRequest:
        return self.sent[-1]

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(urlsplit(self.last.url).query)

    @property
    def body(self) -> Any:
        return json.loads(self.last.body) if self.last.body else None
