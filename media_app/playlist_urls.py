"""Addresses of playlists, under /w/<slug>/playlists/; part of media_app/urls.py."""

from django.urls import path

from media_app.views import playlist_items, playlists

urlpatterns = [
    path("", playlists.playlist_list, name="playlist_list"),
    path("create/", playlists.playlist_create, name="playlist_create"),
    path("preview/", playlists.playlist_preview, name="playlist_preview"),
    path("choose/", playlist_items.playlist_choose, name="playlist_choose"),
    path("<uuid:remote_id>/", playlists.playlist_detail, name="playlist_detail"),
    path("<uuid:remote_id>/play/", playlists.playlist_play, name="playlist_play"),
    path("<uuid:remote_id>/edit/", playlists.playlist_edit, name="playlist_edit"),
    path("<uuid:remote_id>/delete/", playlists.playlist_delete, name="playlist_delete"),
    path("<uuid:remote_id>/candidates/", playlist_items.playlist_candidates, name="playlist_candidates"),
    path("<uuid:remote_id>/items/add/", playlist_items.playlist_items_add, name="playlist_items_add"),
    path("<uuid:remote_id>/items/remove/", playlist_items.playlist_items_remove, name="playlist_items_remove"),
    path("<uuid:remote_id>/items/restore/", playlist_items.playlist_items_restore, name="playlist_items_restore"),
    path("<uuid:remote_id>/items/reorder/", playlist_items.playlist_items_reorder, name="playlist_items_reorder"),
]
