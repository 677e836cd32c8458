"""Addresses of the on-demand area, under /w/<slug>/."""

from django.urls import include, path

from media_app.bulk_urls import urlpatterns as bulk_urls
from media_app.playback_urls import of_media as playback_of_media
from media_app.playback_urls import of_workspace as playback_of_workspace
from media_app.playlist_urls import urlpatterns as playlist_urls
from media_app.upload_urls import urlpatterns as upload_urls
from media_app.views import ai, clips, files, media, metadata, playing, tracks

app_name = "media"
_media = [
    path("", media.media_list, name="media_list"),
    path("import-existing/", media.media_import_existing, name="media_import_existing"),
    path("import-progress/", media.import_progress, name="import_progress"),
    *upload_urls,
    *playback_of_workspace,
    *bulk_urls,
    path("<str:remote_id>/", media.media_detail, name="media_detail"),
    path("<str:remote_id>/state/", media.media_state, name="media_state"),
    path("<str:remote_id>/check/", media.media_check, name="media_check"),
    path("<str:remote_id>/delete/", media.media_delete, name="media_delete"),
    path("<str:remote_id>/ai/", ai.ai_card, name="ai_card"),
    path("<str:remote_id>/ai/chapters.vtt", ai.ai_chapters_vtt, name="ai_chapters_vtt"),
    path("<str:remote_id>/ai/<str:feature>/ask/", ai.ai_ask, name="ai_ask"),
    path("<str:remote_id>/metadata/", metadata.metadata_edit, name="metadata_edit"),
    path("<str:remote_id>/clips/new/", clips.clip_make, name="clip_make"),
    path("<str:remote_id>/clips/look/", clips.clips_look, name="clips_look"),
    path("<str:remote_id>/files/mp4/", files.mp4_switch, name="mp4_switch"),
    path("<str:remote_id>/files/source/", files.source_switch, name="source_switch"),
    path("<str:remote_id>/files/source/get/", files.source_download, name="source_download"),
    path("<str:remote_id>/files/input/", files.input_info, name="input_info"),
    path("<str:remote_id>/files/get/<str:name>/", files.file_download, name="file_download"),
    path("<str:remote_id>/player/download/", files.player_download, name="player_download"),
    path("<str:remote_id>/tracks/add/", tracks.track_add, name="track_add"),
    path("<str:remote_id>/tracks/<str:track_id>/replace/", tracks.track_replace, name="track_replace"),
    path("<str:remote_id>/tracks/<str:track_id>/delete/", tracks.track_delete, name="track_delete"),
    path("<str:remote_id>/tracks/<str:track_id>/download/", tracks.track_download, name="track_download"),
    path("<str:remote_id>/tracks/<str:track_id>/generate/", tracks.track_generate, name="track_generate"),
    path("<str:remote_id>/player/", playing.media_player, name="media_player"),
    path("<str:remote_id>/token/", playing.media_token, name="media_token"),
    *playback_of_media,
]
urlpatterns = [path("media/", include(_media)), path("playlists/", include(playlist_urls))]
