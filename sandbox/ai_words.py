"""What the sandbox's AI says of a media: made up from its title and length, the same whenever it is asked."""

import math
import re
from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from sandbox import times
from sandbox.records import Media

TOPICS = (
    "the opening", "the people in it", "how it began", "a first example", "the details", "a change of place",
    "the numbers behind it", "a question from the audience", "a second example", "what can go wrong",
    "the view from outside", "the way ahead", "a comparison", "the closing words",
)  # fmt: skip
NAMES = (
    ("Ana Duarte", "PERSON"), ("Lisbon", "LOCATION"), ("United Nations", "ORGANIZATION"), ("Monday", "DATE"),
    ("Mount Everest", "LOCATION"), ("Tomás Rey", "PERSON"), ("Harbour Museum", "ORGANIZATION"), ("Paris", "LOCATION"),
)  # fmt: skip
SEEN = ("Violence", "Graphic Violence", "Self-Harm", "Nudity")
HEARD = ("Profanity", "Hate Speech", "Harassment")
# by which subtitles begin; what follows is English in all languages
LEADS = {
    "en": "Welcome to {}.", "de": "Willkommen zu {}.", "fr": "Bienvenue dans {}.", "es": "Bienvenidos a {}.",
    "it": "Benvenuti a {}.", "pt": "Bem-vindos a {}.", "nl": "Welkom bij {}.", "pl": "Witamy w {}.",
}  # fmt: skip
CHAPTER_SECONDS, MOST_CHAPTERS = 20, 12


def made(feature: str, media: Media, asked: dict[str, Any]) -> Any:
    """The result of a feature: text of a summary, a map of the others."""
    title = media.settings.get("title") or "This video"
    seconds = max(1, int(media.probe.get("seconds", 1)))
    return MAKERS[feature](title, seconds, asked)


def spoken(title: str, language: str) -> list[str]:
    """Sentences such as are said in it, in English where the language has none here."""
    lead = LEADS.get(language.partition("-")[0], LEADS["en"])
    return [lead.format(title), *(f"{topic.capitalize()}." for topic in _shuffled(TOPICS, title))]


def _summary(title: str, seconds: int, asked: dict[str, Any]) -> str:
    """Whole sentences, as many as fit into the words asked for."""
    length = times.duration(seconds)
    sentences = [f"{title} runs for {length} and keeps to one subject."]
    for round_of in ("It shows {}, with a closer look at {}.", "Towards the end {} comes back, set beside {}."):
        for first, second in zip(*_pairs(title), strict=True):
            sentences.append(round_of.format(first, second))
    chosen: list[str] = []
    words = 0
    for sentence in sentences:
        words += len(sentence.split())
        if chosen and words > asked["summaryLength"]:
            break
        chosen.append(sentence)
    return " ".join(chosen)


def _pairs(title: str) -> tuple[list[str], list[str]]:
    topics = _shuffled(TOPICS, title)
    return topics, topics[1:] + topics[:1]


def _chapters(title: str, seconds: int, asked: dict[str, Any]) -> dict[str, Any]:
    """Chapters without gaps: each ends a second before the next begins, the last one with the media (documented)."""
    count = max(1, min(MOST_CHAPTERS, seconds // 2, max(2, math.ceil(seconds / CHAPTER_SECONDS))))
    starts = [place * seconds // count for place in range(count)]
    ends = [start - 1 for start in starts[1:]] + [seconds]
    listed = []
    for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
        topic = _shuffled(TOPICS, title)[place]
        listed.append(
            {
                "chapter": str(place + 1),
                "startTime": times.clock(start),
                "endTime": times.clock(end),
                "title": topic.capitalize(),
                "summary": f"{title}: this part is about {topic}.",
            }
        )
    return {"chapters": listed}


def _named_entities(title: str, seconds: int, asked: dict[str, Any]) -> dict[str, Any]:
    """Names out of the title, then some that are often heard."""
    own = [(word, "PRODUCT") for word in dict.fromkeys(re.findall(r"\b[A-Z][\w-]+", title)) if word != "This"]
    found = [*own[:5], *_shuffled(NAMES, title)[:3]]
    return {
        "namedEntities": [
            {"entity": name, "category": category, "count": 1 + int(_share(title, name) * min(9, seconds))}
            for name, category in found
        ]
    }


def _moderation(title: str, seconds: int, asked: dict[str, Any]) -> dict[str, Any]:
    """A low score from 0 to 1 by category of what was looked at; high where the title names the category."""
    kinds = {"video": SEEN, "audio": HEARD, "av": SEEN + HEARD}[asked["type"]]
    scores = {name: _share(title, name) * 0.2 + (0.75 if name.lower() in title.lower() else 0) for name in kinds}
    return {"moderation": [{"category": name, "score": round(score, 2)} for name, score in scores.items()]}


MAKERS: dict[str, Callable[[str, int, dict[str, Any]], Any]] = {
    "summary": _summary,
    "chapters": _chapters,
    "namedEntities": _named_entities,
    "moderation": _moderation,
}


def _share(title: str, word: str) -> float:
    return int.from_bytes(blake2b(f"{title}:{word}".encode(), digest_size=4).digest()) / 2**32


def _shuffled(words: tuple[Any, ...], title: str) -> list[Any]:
    return sorted(words, key=lambda word: _share(title, str(word)))
