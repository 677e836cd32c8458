"""Addresses of everything that brings bytes to FastPix; part of media_app/urls.py."""

from django.urls import path

from media_app.views import handed, presets, transfers, unused, uploads, url_imports

urlpatterns = [
    path("uploads/", uploads.upload_list, name="upload_list"),
    path("uploads/queue/", uploads.upload_queue, name="upload_queue"),
    path("uploads/create/", uploads.upload_create, name="upload_create"),
    path("uploads/check/", uploads.upload_check, name="upload_check"),
    path("uploads/unused/", unused.unused_list, name="unused_list"),
    path("uploads/unused/<uuid:upload_id>/cancel/", unused.unused_cancel, name="unused_cancel"),
    path("uploads/presets/", presets.preset_list, name="preset_list"),
    path("uploads/presets/fill/", presets.preset_fill, name="preset_fill"),
    path("uploads/presets/add/", presets.preset_add, name="preset_add"),
    path("uploads/presets/<uuid:public_id>/", presets.preset_edit, name="preset_edit"),
    path("uploads/presets/<uuid:public_id>/delete/", presets.preset_delete, name="preset_delete"),
    path("uploads/<uuid:public_id>/session/", uploads.upload_session, name="upload_session"),
    path("uploads/<uuid:public_id>/progress/", uploads.upload_progress, name="upload_progress"),
    path("uploads/<uuid:public_id>/piece/", handed.piece_add, name="piece_add"),
    path("uploads/<uuid:public_id>/pause/", uploads.upload_pause, name="upload_pause"),
    path("uploads/<uuid:public_id>/resume/", uploads.upload_resume, name="upload_resume"),
    path("uploads/<uuid:public_id>/cancel/", uploads.upload_cancel, name="upload_cancel"),
    path("uploads/<uuid:public_id>/retry/", uploads.upload_retry, name="upload_retry"),
    path("import/", url_imports.import_url, name="import_url"),
    path("import/queue/", url_imports.import_queue, name="import_queue"),
    path("server/", transfers.server_list, name="server_list"),
    path("server/queue/", transfers.server_queue, name="server_queue"),
    path("server/start/", transfers.server_start, name="server_start"),
]
