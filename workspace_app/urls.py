"""Addresses of the workspace area."""

from django.urls import path

from workspace_app.views import account, home, invitations, members, settings, setup, webhooks, workspaces

app_name = "workspace"
urlpatterns = [
    path("", home.home, name="home"),
    path("setup/", setup.setup, name="setup"),
    path("invite/<str:token>/", invitations.invitation_accept, name="invitation_accept"),
    path("account/", account.account_edit, name="account_edit"),
    path("workspaces/", workspaces.workspace_list, name="workspace_list"),
    path("workspaces/add/", workspaces.workspace_add, name="workspace_add"),
    path("workspaces/add/try/", workspaces.workspace_try, name="workspace_try"),
    path("workspaces/add/sandbox/", workspaces.sandbox_connect, name="sandbox_connect"),
    path("w/<slug:slug>/settings/", settings.settings, name="settings"),
    path("w/<slug:slug>/settings/name/", settings.name_change, name="name_change"),
    path("w/<slug:slug>/settings/connection/", settings.connection_change, name="connection_change"),
    path("w/<slug:slug>/settings/connection/test/", settings.connection_test, name="connection_test"),
    path("w/<slug:slug>/settings/endpoint/", webhooks.webhook_detail, name="webhook_detail"),
    path("w/<slug:slug>/settings/endpoint/overlap/", webhooks.webhook_overlap_end, name="webhook_overlap_end"),
    path("w/<slug:slug>/settings/endpoint/retention/", webhooks.webhook_retention, name="webhook_retention"),
    path("w/<slug:slug>/settings/webhooks/", webhooks.webhook_set_up, name="webhook_set_up"),
    path("w/<slug:slug>/settings/webhooks/secret/", webhooks.webhook_secret_change, name="webhook_secret_change"),
    path("w/<slug:slug>/settings/webhooks/state/", webhooks.webhook_state, name="webhook_state"),
    path("w/<slug:slug>/webhooks/heard/", webhooks.webhooks_heard, name="webhooks_heard"),
    path("w/<slug:slug>/members/", members.member_list, name="member_list"),
    path("w/<slug:slug>/members/invite/", members.member_invite, name="member_invite"),
    path("w/<slug:slug>/members/change/", members.member_change, name="member_change"),
    path("w/<slug:slug>/members/remove/", members.member_remove, name="member_remove"),
    path("w/<slug:slug>/members/withdraw/", members.invitation_withdraw, name="invitation_withdraw"),
]
