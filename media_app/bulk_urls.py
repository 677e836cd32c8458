"""Addresses of acts on many media and of their jobs, under /w/<slug>/media/."""

from django.urls import path

from media_app.views import bulk, jobs

urlpatterns = [
    path("ids/", bulk.media_ids, name="media_ids"),
    path("bulk/delete/", bulk.bulk_delete, name="bulk_delete"),
    path("bulk/edit/", bulk.bulk_edit, name="bulk_edit"),
    path("jobs/", jobs.job_list, name="job_list"),
    path("jobs/progress/", jobs.job_progress, name="job_progress"),
    path("jobs/<uuid:job_id>/", jobs.job_detail, name="job_detail"),
    path("jobs/<uuid:job_id>/state/", jobs.job_state, name="job_state"),
    path("jobs/<uuid:job_id>/cancel/", jobs.job_cancel, name="job_cancel"),
    path("jobs/<uuid:job_id>/retry/", jobs.job_retry, name="job_retry"),
]
