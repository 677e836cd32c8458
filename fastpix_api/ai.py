"""In-video AI: what FastPix makes out of a media's speech and pictures."""

from fastpix_api.answer import Answer
from fastpix_api.road import Call, part


class AI:
    """Four features of a media, each switched on or off.

    Asking answers at once with {mediaId, isSummaryEnabled, isChaptersEnabled, …}, which promises no result (recorded);
    the result comes with the event video.mediaAI.….ready and stands in `media.get`, as {status, data} under summary,
    chapters, namedEntities, moderation. All raise NotFound, Invalid, Unreachable, Unauthorized, Forbidden, RateLimited,
    Broken, and Refused where the account has no AI or the feature is there already (observed).
    """

    def __init__(self, call: Call) -> None:
        self._call = call

    def update_summary(self, media_id: str, *, generate: bool, length: int = 100) -> Answer:
        """Ask for a summary of about `length` words, 30 to 250, or switch it off."""
        body = {"generate": generate, "summaryLength": length} if generate else {"generate": False}
        return self._call("PATCH", f"{_media(media_id)}/summary", json=body, expect=dict)

    def summary(self, media_id: str) -> Answer:
        """The summary alone: data is its text (documented). Recorded: Refused, "Summary not enabled", until asked."""
        return self._call("GET", f"{_media(media_id)}/summary", expect=str)

    def update_chapters(self, media_id: str, *, chapters: bool) -> Answer:
        """Ask for chapters, or switch them off.

        The result: {chapters: [{chapter, startTime, endTime, title, summary}]}.
        """
        return self._call("PATCH", f"{_media(media_id)}/chapters", json={"chapters": chapters}, expect=dict)

    def update_named_entities(self, media_id: str, *, named_entities: bool) -> Answer:
        """Ask for the people, places and things that are named, or switch it off. Result: entity, category, count."""
        body = {"namedEntities": named_entities}
        return self._call("PATCH", f"{_media(media_id)}/named-entities", json=body, expect=dict)

    def update_moderation(self, media_id: str, *, kind: str) -> Answer:
        """Look for nudity, violence and bad language; `kind`: video, audio or av (both).

        The result: scores from 0 to 1. Documented: it cannot be switched off.
        """
        body = {"moderation": {"type": kind}}
        return self._call("PATCH", f"{_media(media_id)}/moderation", json=body, expect=dict)


def _media(media_id: str) -> str:
    return f"/on-demand/{part(media_id)}"
