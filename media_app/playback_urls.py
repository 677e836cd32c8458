"""Addresses of playback IDs and of what protects them; part of media_app/urls.py."""

from django.urls import path

from media_app.views import drm, playback_ids, signing_keys

_one = "<str:remote_id>/playback-ids/<str:playback_id>"

of_workspace = [
    path("security/", signing_keys.playback_security, name="playback_security"),
    path("security/keys/", signing_keys.signing_keys, name="signing_keys"),
    path("security/keys/add/", signing_keys.signing_key_add, name="signing_key_add"),
    path("security/keys/<str:key_id>/", signing_keys.signing_key_detail, name="signing_key_detail"),
    path("security/keys/<str:key_id>/delete/", signing_keys.signing_key_delete, name="signing_key_delete"),
    path("security/keys/<str:key_id>/forget/", signing_keys.signing_key_forget, name="signing_key_forget"),
    path("security/drm/", drm.drm_configurations, name="drm_configurations"),
    path("security/drm/choice/", drm.drm_choice, name="drm_choice"),
    path("security/drm/<str:configuration_id>/", drm.drm_detail, name="drm_detail"),
]
of_media = [
    path("<str:remote_id>/playback-ids/", playback_ids.playback_ids, name="playback_ids"),
    path("<str:remote_id>/playback-ids/add/", playback_ids.playback_id_add, name="playback_id_add"),
    path(f"{_one}/delete/", playback_ids.playback_id_delete, name="playback_id_delete"),
    path(f"{_one}/domains/", playback_ids.playback_domains_edit, name="playback_domains_edit"),
    path(f"{_one}/user-agents/", playback_ids.playback_agents_edit, name="playback_agents_edit"),
    path(f"{_one}/share/", playback_ids.playback_share, name="playback_share"),
    path(f"{_one}/token/", playback_ids.playback_token_mint, name="playback_token_mint"),
]
