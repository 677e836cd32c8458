"""The sandbox's one page: what it holds, what it sent, and the switches."""

from html import escape
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from sandbox import by_hand, control, switches

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
STYLE = Path(__file__).with_name("page.css")


async def show(request: Request) -> Response:
    """GET /: for this machine only, under a policy that lets nothing run."""
    control.check_caller(request)
    return HTMLResponse(_page(control.summary(request)), headers=_headers())


async def icon(request: Request) -> Response:
    """Browsers ask for one by themselves; there is none, and that is no error."""
    return Response(status_code=204)


async def style(request: Request) -> Response:
    """The page's style sheet."""
    return FileResponse(STYLE, media_type="text/css")


def _headers() -> dict[str, str]:
    return {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


def _page(state: dict[str, Any]) -> str:
    parts = [_top(state), _webhook(state["webhook"], state["waiting"]), _switches(state["switches"])]
    parts += [_by_hand(), _drm(state["drm_configurations"]), _media(state["media"], state["images_url"])]
    parts += [_uploads(state["uploads"]), _playlists(state["playlists"]), _events(state["events"])]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>FastPix sandbox</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="/_sandbox/page.css"></head><body><main>{"".join(parts)}</main></body></html>'
    )


def _top(state: dict[str, Any]) -> str:
    rows = [
        ("API", state["api_url"]),
        ("Stream", state["stream_url"]),
        ("Images", state["images_url"]),
        ("Uploads", state["upload_url"]),
        ("Workspace", state["workspace_id"]),
        ("Sample video", f"{state['address']}/samples/demo.mp4"),
        ("Sample sound", f"{state['address']}/samples/demo.m4a"),
        ("Sample subtitles", f"{state['address']}/samples/demo.vtt"),
    ]
    listed = "".join(f"<dt>{name}</dt><dd><code>{escape(value)}</code></dd>" for name, value in rows)
    return (
        "<header><h1>FastPix sandbox</h1><p>A FastPix on this machine: uploads, encoding, playback and webhooks are "
        f'real, only the company is missing. <a href="/">Reload</a></p></header><dl>{listed}</dl>'
    )


def _webhook(webhook: dict[str, Any], waiting: int) -> str:
    words = {"none": "No address yet: events wait.", "probing": "Waiting for its first 2xx.", "active": "Active."}
    last = f" Last answer: {escape(webhook['last_answer'])}." if webhook["last_answer"] else ""
    return (
        f"<section><h2>Webhook</h2><p>{words[webhook['state']]}{last} {waiting} waiting.</p>"
        '<form method="post" action="/_sandbox/webhook">'
        f'<label>Address <input name="url" type="url" value="{escape(webhook["url"])}" placeholder="http://…"></label>'
        '<label>Signing secret <input name="secret" autocomplete="off" placeholder="unchanged"></label>'
        "<button>Save</button></form></section>"
    )


def _switches(positions: dict[str, str]) -> str:
    fields = []
    for name, choices in switches.CHOICES.items():
        at, _, value = positions[name].partition(":")
        options = "".join(f'<option value="{one}"{" selected" if one == at else ""}>{one}</option>' for one in choices)
        fields.append(
            f'<label>{name} <select name="{name}" aria-describedby="about-{name}">{options}</select></label>'
            f'<label>value <input name="{name}-value" value="{escape(value)}" autocomplete="off" '
            f'placeholder="n: the usual one" aria-label="value of {name}"></label>'
            f'<details id="about-{name}"><summary>What they do</summary>{_meanings(choices)}</details>'
        )
    form = f'<form method="post" action="/_sandbox/switches">{"".join(fields)}<button>Switch</button></form>'
    return f"<section><h2>Switches</h2>{form}</section>"


def _meanings(choices: dict[str, switches.Choice]) -> str:
    lines = (
        f"<dt>{name}{f':{escape(one.usual)}' if one.usual else ''}</dt><dd>{escape(one.about)}</dd>"
        for name, one in choices.items()
    )
    return f"<dl>{''.join(lines)}</dl>"


def _by_hand() -> str:
    options = "".join(f"<option>{kind}</option>" for kind in by_hand.TYPES)
    return (
        "<section><h2>Send an event by hand</h2><p>It says what it says; nothing happens to the object.</p>"
        '<form method="post" action="/_sandbox/event">'
        '<label>Type <input name="type" list="types" required autocomplete="off" placeholder="video.media.ready">'
        f'</label><datalist id="types">{options}</datalist>'
        '<label>Object <input name="object" autocomplete="off" placeholder="its id; else the newest media"></label>'
        '<label>Data <textarea name="data" rows="3" placeholder="a JSON object; else what is known of it"></textarea>'
        "</label><button>Send</button></form></section>"
    )


def _drm(configurations: list[str]) -> str:
    listed = "".join(
        '<li><form method="post" action="/_sandbox/drm">'
        f"<code>{one}</code> "
        f'<button name="remove" value="{one}" aria-label="Remove {one}">Remove</button></form></li>'
        for one in configurations
    )
    return (
        "<section><h2>DRM configurations</h2>"
        f"{f'<ul>{listed}</ul>' if listed else '<p>None: the API says so with 400.</p>'}"
        '<form method="post" action="/_sandbox/drm"><button>Add a configuration</button></form></section>'
    )


def _playlists(playlists: list[dict[str, Any]]) -> str:
    rows = [
        [
            escape(one["name"]),
            f"<code>{one['id']}</code>",
            one["type"],
            escape(one["referenceId"]),
            str(one["mediaCount"]),
            one["createdAt"],
        ]
        for one in playlists
    ]
    return _table("Playlists", ["Name", "Id", "Type", "Reference", "Media", "Created"], rows)


def _media(media: list[dict[str, Any]], images_url: str) -> str:
    rows = []
    for one in media:
        progress = f" {one['progress']:.0%}" if one["progress"] is not None else ""
        playable = one["status"] == "Ready" and one["playback_ids"] and one["playback_ids"][0]["policy"] == "public"
        picture = ""
        if playable:
            address = f"{images_url}/{one['playback_ids'][0]['id']}/thumbnail.jpg?width=96"
            picture = f'<img src="{escape(address)}" alt="" width="96" loading="lazy">'
        rows.append(
            [
                picture,
                escape(one["title"]),
                f"<code>{one['id']}</code>",
                f"{escape(one['status'])}{progress}",
                one["duration"],
                escape(one["failed_reason"]),
                one["created_at"],
            ]
        )
    return _table("Media", ["", "Title", "Id", "Status", "Length", "Reason", "Created"], rows)


def _uploads(uploads: list[dict[str, Any]]) -> str:
    rows = [[f"<code>{one['id']}</code>", one["status"], str(one["size"] or ""), one["created_at"]] for one in uploads]
    return _table("Uploads", ["Id", "Status", "Bytes", "Created"], rows)


def _events(events: list[dict[str, Any]]) -> str:
    rows = [
        [
            escape(one["type"]),
            f"<code>{escape(one['object_id'])}</code>",
            one["state"],
            str(one["attempts"]),
            escape(one["answer"]),
            one["created_at"],
        ]
        for one in events
    ]
    return _table("Events", ["Type", "Object", "State", "Tries", "Answer", "Created"], rows)


def _table(title: str, heads: list[str], rows: list[list[str]]) -> str:
    if not rows:
        return f"<section><h2>{title}</h2><p>None yet.</p></section>"
    head = "".join(f'<th scope="col">{name or "<span>Picture</span>"}</th>' for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<section><h2>{title}</h2><div class="wide" tabindex="0">{table}</div></section>'
