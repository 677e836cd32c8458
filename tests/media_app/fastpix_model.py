"""A FastPix in memory, plugged in as a transport: it lists and tells the media put on its shelf."""

import io
import json
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3.response import HTTPResponse

from fastpix_api import FastPix, Patience

BOUND = "5b0f7c2e-4d1a-4c8e-9a77-1f2e3d4c5b6a"


class Model(BaseAdapter):
    """`media` by id, oldest first. `status`: answer everything with it. `asked`: the paths of all requests."""

    def __init__(self):
        super().__init__()
        self.media, self.asked = {}, []
        self.status, self.status_by_id = 200, 200
        self.retry_after = None
        self.when_asked = lambda: None

    def holds(self, remote_id, **fields):
        self.media[remote_id] = {"id": remote_id, "workspaceId": BOUND, "status": "Ready", **fields}

    def client_of(self, workspace):
        return FastPix("t", "s", base_url="http://fastpix.invalid/v1", patience=Patience.PAGE, transport=self)

    def send(self, request, **settings):
        parts = urlsplit(request.url)
        self.asked.append(parts.path.removeprefix("/v1/on-demand").strip("/"))
        status, payload = self.answer(self.asked[-1], parse_qs(parts.query))
        self.when_asked()
        headers = {"Date": format_datetime(datetime.now(UTC), usegmt=True), "Content-Type": "application/json"}
        if self.retry_after:
            headers["Retry-After"] = str(self.retry_after)
        response = requests.Response()
        response.status_code, response.url, response.request = status, request.url, request
        response.headers.update(headers)
        body = io.BytesIO(json.dumps(payload).encode())
        response.raw = HTTPResponse(body, status=status, headers=headers, preload_content=False)
        return response

    def answer(self, name, query):
        status = self.status if self.status != 200 or not name else self.status_by_id
        if status == 200 and name and name not in self.media:
            status = 404
        if status != 200:
            return status, {"success": False, "error": {"code": status, "message": "no", "description": "no"}}
        if name:
            return 200, {"success": True, "data": self.media[name]}
        size, page = int(query["limit"][0]), int(query["offset"][0])
        items = list(self.media.values())
        if query["orderBy"] == ["desc"]:
            items.reverse()
        total = {"totalRecords": len(items), "currentOffset": page, "offsetCount": -(-len(items) // size)}
        return 200, {"success": True, "data": items[(page - 1) * size : page * size], "pagination": total}

    def close(self):
        """Nothing is open."""
