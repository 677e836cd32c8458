"""Who sits behind a session, and which workspaces they may hear about. Database work: call it in a thread."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from workspace_app.models import Member, User


def hear(session_keys: Collection[str]) -> dict[str, frozenset[str]]:
    """The slugs of the workspaces that each session's person is a member of.

    Sessions that ended, and those of people who were switched off or changed their password since, are left out.
    """
    live = Session.objects.filter(session_key__in=session_keys, expire_date__gt=timezone.now())
    told = {session.session_key: session.get_decoded() for session in live}
    ids = {session[SESSION_KEY] for session in told.values() if SESSION_KEY in session}
    people = {str(user.pk): user for user in User.objects.filter(pk__in=ids, is_active=True)}
    slugs: defaultdict[str, set[str]] = defaultdict(set)
    for user_id, slug in Member.objects.filter(user__in=people.values()).values_list("user_id", "workspace__slug"):
        slugs[str(user_id)].add(slug)
    return {
        key: frozenset(slugs[session[SESSION_KEY]])
        for key, session in told.items()
        if _is_of(session, people.get(session.get(SESSION_KEY, "")))
    }


def _is_of(session: dict[str, Any], user: User | None) -> bool:
    """Django's own test for a session of this user: its hash goes with the password."""
    if user is None:
        return False
    known = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(session.get(HASH_SESSION_KEY, ""), one) for one in known)
