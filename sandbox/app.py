"""Every address of the sandbox and what answers it."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, Router

from sandbox import (
    ai,
    by_hand,
    control,
    drm,
    errors,
    media,
    mp4,
    page,
    pictures,
    playback,
    playback_ids,
    playlists,
    plays,
    samples,
    seed,
    signing_keys,
    storage,
    streams,
    track_playback,
    tracks,
    uploads,
)
from sandbox.gate import Gate
from sandbox.playback import guarded
from sandbox.world import World


async def healthz(request: Request) -> Response:
    """The process lives."""
    return JSONResponse({"status": "ok"})


ONE = "/on-demand/{mediaId}"
PLAYLISTS = "/on-demand/playlists"
DRM = "/on-demand/drm-configurations"
PLAYBACK = f"{ONE}/playback-ids"
API = [
    Route("/on-demand", media.create, methods=["POST"]),
    Route("/on-demand", media.list_all, methods=["GET"]),
    Route("/on-demand/upload", uploads.create, methods=["POST"]),
    Route("/on-demand/uploads", uploads.list_waiting, methods=["GET"]),
    Route("/on-demand/upload/{uploadId}/cancel", uploads.cancel, methods=["PUT"]),
    Route(PLAYLISTS, playlists.create, methods=["POST"]),
    Route(PLAYLISTS, playlists.list_all, methods=["GET"]),
    Route(f"{PLAYLISTS}/{{playlistId}}", playlists.get, methods=["GET"]),
    Route(f"{PLAYLISTS}/{{playlistId}}", playlists.update, methods=["PUT"]),
    Route(f"{PLAYLISTS}/{{playlistId}}", playlists.delete, methods=["DELETE"]),
    Route(f"{PLAYLISTS}/{{playlistId}}/media", playlists.add_media, methods=["PATCH"]),
    Route(f"{PLAYLISTS}/{{playlistId}}/media", playlists.reorder, methods=["PUT"]),
    Route(f"{PLAYLISTS}/{{playlistId}}/media", playlists.remove_media, methods=["DELETE"]),
    Route(DRM, drm.list_all, methods=["GET"]),
    Route(f"{DRM}/{{drmConfigurationId}}", drm.get, methods=["GET"]),
    Route(ONE, media.get, methods=["GET"]),
    Route(ONE, media.update, methods=["PATCH"]),
    Route(ONE, media.delete, methods=["DELETE"]),
    Route(f"{ONE}/source-access", media.source_access, methods=["PATCH"]),
    Route(f"{ONE}/update-mp4Support", mp4.update, methods=["PATCH"]),
    Route(f"{ONE}/input-info", media.input_info, methods=["GET"]),
    Route(f"{ONE}/summary", ai.summary, methods=["PATCH"]),
    Route(f"{ONE}/summary", ai.get_summary, methods=["GET"]),
    Route(f"{ONE}/chapters", ai.chapters, methods=["PATCH"]),
    Route(f"{ONE}/named-entities", ai.named_entities, methods=["PATCH"]),
    Route(f"{ONE}/moderation", ai.moderation, methods=["PATCH"]),
    Route(f"{ONE}/media-clips", media.clips, methods=["GET"]),
    Route("/on-demand/{livestreamId}/live-clips", media.live_clips, methods=["GET"]),
    Route(f"{ONE}/tracks", tracks.add, methods=["POST"]),
    Route(f"{ONE}/tracks/{{trackId}}", tracks.update, methods=["PATCH"]),
    Route(f"{ONE}/tracks/{{trackId}}", tracks.delete, methods=["DELETE"]),
    Route(f"{ONE}/tracks/{{trackId}}/generate-subtitles", tracks.generate, methods=["POST"]),
    Route(PLAYBACK, playback_ids.create, methods=["POST"]),
    Route(PLAYBACK, playback_ids.list_all, methods=["GET"]),
    Route(PLAYBACK, playback_ids.delete, methods=["DELETE"]),
    Route(f"{PLAYBACK}/{{playbackId}}", playback_ids.get, methods=["GET"]),
    Route(f"{PLAYBACK}/{{playbackId}}/domains", playback_ids.domains, methods=["PATCH"]),
    Route(f"{PLAYBACK}/{{playbackId}}/user-agents", playback_ids.user_agents, methods=["PATCH"]),
    Route("/iam/signing-keys", signing_keys.create, methods=["POST"]),
    Route("/iam/signing-keys", signing_keys.list_all, methods=["GET"]),
    Route("/iam/signing-keys/{signingKeyId}", signing_keys.get, methods=["GET"]),
    Route("/iam/signing-keys/{signingKeyId}", signing_keys.delete, methods=["DELETE"]),
    Route("/live/streams", streams.list_all, methods=["GET"]),
    Route("/data/metrics/{metricId}/overall", plays.overall, methods=["GET"]),
]
VIEW = ["GET", "OPTIONS"]
STREAM = [
    Route("/{playback_id}.m3u8", guarded(playback.master), methods=VIEW),
    Route("/{playback_id}/text/{track}.vtt", guarded(track_playback.text), methods=VIEW),
    Route("/{playback_id}/text/{track}/index.m3u8", guarded(track_playback.text_playlist), methods=VIEW),
    Route("/{playback_id}/text/{track}/cues.vtt", guarded(track_playback.text_segment), methods=VIEW),
    Route("/{playback_id}/audio/{track}/index.m3u8", guarded(track_playback.sound), methods=VIEW),
    Route("/{playback_id}/audio/{track}/{segment}", guarded(track_playback.sound_segment), methods=VIEW),
    Route("/{playback_id}/{variant}/index.m3u8", guarded(playback.variant), methods=VIEW),
    Route("/{playback_id}/{variant}/{segment}", guarded(playback.segment), methods=VIEW),
    Route("/{playback_id}/{file}", guarded(mp4.download), methods=VIEW),
]
IMAGES = [
    Route("/{playback_id}/thumbnail.{extension}", guarded(pictures.thumbnail), methods=VIEW),
    Route("/{playback_id}/spritesheet.jpg", guarded(pictures.sprite), methods=VIEW),
    Route("/{playback_id}/spritesheet.json", guarded(pictures.sprite_layout), methods=VIEW),
]
OWN = [
    Route("/", page.show, methods=["GET"]),
    Route("/healthz", healthz, methods=["GET"]),
    Route("/samples/demo.mp4", samples.demo, methods=["GET"]),
    Route("/samples/demo.m4a", samples.sound, methods=["GET"]),
    Route("/samples/demo.vtt", samples.cues, methods=["GET"]),
    Route("/favicon.ico", page.icon, methods=["GET"]),
    Route("/_sandbox/page.css", page.style, methods=["GET"]),
    Route("/_sandbox/state", control.state, methods=["GET"]),
    Route("/_sandbox/webhook", control.webhook, methods=["POST"]),
    Route("/_sandbox/switches", control.turn, methods=["POST"]),
    Route("/_sandbox/seed", seed.plant, methods=["POST"]),
    Route("/_sandbox/drm", drm.turn, methods=["POST"]),
    Route("/_sandbox/event", by_hand.send, methods=["POST"]),
]


def build(world: World) -> Starlette:
    """The whole application around one world."""
    storing = Route(
        "/upload-storage/{workspace}/{upload_id}",
        storage.endpoint,
        methods=["PUT", "POST", "GET", "DELETE", "OPTIONS"],
    )
    app = Starlette(
        routes=[
            *OWN,
            Mount("/v1", Gate(Router(API, redirect_slashes=False))),
            Mount("/stream", routes=STREAM),
            Mount("/images", routes=IMAGES),
            storing,
        ],
        exception_handlers={errors.Refusal: errors.refused, HTTPException: errors.unrouted, Exception: errors.broken},
    )
    app.router.redirect_slashes = False
    app.state.world = world
    return app
