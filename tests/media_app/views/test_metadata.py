import re
from html import unescape

import pytest
from django.urls import reverse

from tests.media_app.shelf import put
from workspace_app.models import TimelineEntry

HTMX = {"HX-Request": "true"}


class Editor:
    """The dialog as a person has it open: the fields FastPix held then, to be changed and sent."""

    def __init__(self, client, film, query=""):
        self.client = client
        self.address = reverse("media:metadata_edit", args=[client.slug, film.remote_id])
        self.body = client.get(self.address + query, headers=HTMX).content.decode()
        self.read()

    def read(self):
        fields = [dict(re.findall(r'([a-z-]+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", self.body, re.S)]
        shown = {one["name"]: unescape(one.get("value", "")) for one in fields if "name" in one}
        self.title, self.creator = shown.get("title", ""), shown.get("creator_id", "")
        self.opened = shown.get("opened", "")
        rows = self.body.partition("<template>")[0]
        values = [unescape(value) for value in re.findall(r'name="(?:was|key|value)" value="([^"]*)"', rows)]
        self.pairs = [values[n : n + 3] for n in range(0, len(values), 3)]

    def save(self, **answers):
        sent = {"opened": self.opened, "title": self.title, "creator_id": self.creator, **answers}
        sent |= {name: [pair[n] for pair in self.pairs] for n, name in enumerate(("was", "key", "value"))}
        self.answer = self.client.post(self.address, sent, headers=HTMX)
        self.body = unescape(self.answer.content.decode())
        return self.answer

    def set(self, key, value):
        self.pairs = [[was, name, value if name == key else held] for was, name, held in self.pairs]

    def out(self, key):
        self.pairs = [pair for pair in self.pairs if pair[1] != key]


@pytest.fixture
def reef(film):
    """A film with a title, a creator and two pairs."""
    film.elsewhere(title="Harbour", creator_id="desk", metadata={"project": "reef", "licence": "CC BY"})
    return film


def held(film):
    told = film.told()
    return told.get("title"), told.get("creatorId"), told.get("metadata")


def test_title_creator_and_pairs_are_changed_added_and_taken_out(reef, ada):
    editor = Editor(ada, reef)
    assert editor.pairs == [["project", "project", "reef"], ["licence", "licence", "CC BY"]]
    editor.title, editor.creator = "  Harbour at dawn ", "research"
    editor.set("project", "atoll")
    editor.out("licence")
    editor.pairs.append(["", "series", "Tides"])
    answer = editor.save()
    assert answer.status_code == 200
    assert held(reef) == ("Harbour at dawn", "research", {"project": "atoll", "series": "Tides"})
    assert reef.row().metadata == {"project": "atoll", "series": "Tides"}
    assert 'id="media-state" data-hx-swap-oob="true"' in editor.body
    assert 'id="media-title" data-hx-swap-oob="true">Harbour at dawn<' in editor.body
    assert "FastPix holds it now" in answer.headers["HX-Trigger"]


def test_the_timeline_shows_before_and_after_once_and_takes_it_back(reef, ada):
    editor = Editor(ada, reef)
    editor.title = "Quay"
    editor.save()
    page = ada.get(reverse("media:media_detail", args=[ada.slug, reef.remote_id])).content.decode()
    lines = page.partition('id="timeline"')[2]
    assert "<del>Harbour</del> <ins>Quay</ins>" in lines
    assert lines.count("<del>Harbour</del>") == 1
    undo = re.search(r'metadata/(\?undo=[^"]+)"', lines)[1]
    editor = Editor(ada, reef, undo)
    assert editor.title == "Harbour"
    assert held(reef)[0] == "Quay", "looking at it changes nothing"
    editor.save()
    assert held(reef)[0] == "Harbour"


def test_what_is_not_there_to_be_taken_back_is_the_editor_as_ever(reef, ada):
    for moment in ("yesterday", "2026-01-01T00:00:00+00:00", ""):
        assert Editor(ada, reef, f"?undo={moment}").title == "Harbour"


def test_saving_what_was_not_changed_sends_nothing(reef, ada):
    editor = Editor(ada, reef)
    updated = reef.told()["updatedAt"]
    assert "nothing was sent" in editor.save().headers["HX-Trigger"]
    assert reef.told()["updatedAt"] == updated
    assert not TimelineEntry.objects.filter(verb="edited").exists()


def test_line_breaks_and_spaces_in_untouched_fields_survive(reef, ada):
    reef.elsewhere(title=" two\nlines ", metadata={"note": "a\r\nb ", "licence": "CC BY"})
    editor = Editor(ada, reef)
    editor.title = editor.title.replace("\n", "")  # as a browser sends them
    editor.pairs[0][2] = "ab "
    editor.set("licence", "CC0")
    editor.save()
    assert held(reef) == (" two\nlines ", "desk", {"note": "a\r\nb ", "licence": "CC0"})


def test_a_field_can_be_emptied(reef, ada):
    editor = Editor(ada, reef)
    editor.title = editor.creator = ""
    editor.pairs = []
    assert editor.save().status_code == 200
    assert [value or None for value in held(reef)] == [None, None, None]
    assert (reef.row().title, reef.row().metadata) == ("", {})


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        ([["", "project", "reef"], ["", "project", "atoll"]], "“project” is there twice. FastPix keeps one value"),
        ([["", "a" * 312, "x"]], "312 characters. FastPix keeps 255 and drops the rest."),
        ([["", "a", "x" * 256]], "256 characters. FastPix keeps 255 and drops the rest."),
        ([["", "", "x"]], "Give it a key, or remove the pair."),
        ([["", "a", " "]], "Give it a value, or remove the pair."),
        ([["", f"key {n}", "x"] for n in range(11)], "11 pairs. FastPix keeps 10 and drops the rest."),
    ],
)
def test_what_fastpix_would_drop_is_refused_beside_its_field(reef, ada, pairs, told):
    editor = Editor(ada, reef)
    editor.pairs = pairs
    assert editor.save().status_code == 422
    assert told in editor.body
    assert held(reef) == ("Harbour", "desk", {"project": "reef", "licence": "CC BY"})


@pytest.mark.parametrize("field", ["title", "creator"])
def test_a_text_that_fastpix_would_cut_is_refused(reef, ada, field):
    editor = Editor(ada, reef)
    setattr(editor, field, "é" * 256)
    assert editor.save().status_code == 422
    assert "256 characters. FastPix keeps 255 and drops the rest." in editor.body
    setattr(editor, field, "é" * 255)
    assert editor.save().status_code == 200


def test_an_empty_row_is_no_pair(reef, ada):
    editor = Editor(ada, reef)
    editor.pairs.append(["", " ", ""])
    assert editor.save().status_code == 200
    assert held(reef)[2] == {"project": "reef", "licence": "CC BY"}


def test_what_another_person_changed_elsewhere_is_kept_and_shown(reef, ada, ben):
    mine, theirs = Editor(ada, reef), Editor(ben, reef)
    theirs.set("licence", "CC0")
    theirs.save()
    mine.set("project", "atoll")
    assert mine.save().status_code == 200
    assert held(reef)[2] == {"project": "atoll", "licence": "CC0"}
    assert "kept beside your changes" in mine.body
    assert "<del>CC BY</del> <ins>CC0</ins>" in mine.body
    assert str(ben.user) in mine.body


def test_the_same_field_changed_twice_is_asked_and_never_overwritten(reef, ada, ben):
    mine, theirs = Editor(ada, reef), Editor(ben, reef)
    theirs.title = "Quay"
    theirs.save()
    mine.title = "Pier"
    mine.set("project", "atoll")
    assert mine.save().status_code == 422
    assert "Changed by you and by somebody else meanwhile" in mine.body
    assert f"changed by {ben.user}" in mine.body
    assert held(reef) == ("Quay", "desk", {"project": "reef", "licence": "CC BY"}), "nothing was sent"
    mine.read()
    assert mine.title == "Pier", "what was written is still there"
    assert mine.save().status_code == 422, "without an answer it asks again"
    assert "Choose one." in mine.body
    mine.read()
    assert mine.save(**{"keep-0": "mine"}).status_code == 200
    assert held(reef) == ("Pier", "desk", {"project": "atoll", "licence": "CC BY"})


def test_keeping_what_fastpix_holds_keeps_the_rest_of_ones_own(reef, ada):
    mine = Editor(ada, reef)
    reef.elsewhere(title="Quay", metadata={"licence": "CC BY"})
    mine.title = "Pier"
    mine.set("project", "atoll")
    mine.set("licence", "CC0")
    assert mine.save().status_code == 422
    mine.read()
    assert mine.save(**{"keep-0": "theirs", "keep-1": "theirs"}).status_code == 200
    assert held(reef) == ("Quay", "desk", {"licence": "CC0"})


def test_a_conflict_that_is_answered_can_meet_another(reef, ada):
    mine = Editor(ada, reef)
    mine.title = "Pier"
    reef.elsewhere(title="Quay")
    mine.save()
    mine.read()
    reef.elsewhere(title="Dock")
    assert mine.save(**{"keep-0": "mine"}).status_code == 422
    assert "Dock" in mine.body
    assert held(reef)[0] == "Dock"


def test_ten_pairs_that_became_eleven_by_both_are_refused(reef, ada):
    mine = Editor(ada, reef)
    mine.pairs += [["", f"key {n}", "x"] for n in range(8)]
    reef.elsewhere(metadata={"project": "reef", "licence": "CC BY", "theirs": "new"})
    assert mine.save().status_code == 422
    assert "11 pairs. FastPix keeps 10 and drops the rest." in mine.body
    mine.read()
    assert len(mine.pairs) == 11
    mine.out("key 0")
    assert mine.save().status_code == 200
    assert len(held(reef)[2]) == 10


def test_an_item_deleted_elsewhere_while_its_editor_is_open_keeps_what_was_written(reef, ada):
    editor = Editor(ada, reef)
    editor.title = "A long title nobody wants to write twice"
    reef.fastpix.media.delete(reef.remote_id)
    assert editor.save().status_code == 422
    assert "it was deleted meanwhile" in editor.body
    assert "A long title nobody wants to write twice" in editor.body
    assert reef.row().gone
    assert "nothing to edit" in Editor(ada, reef).body


def test_fastpix_s_own_refusal_comes_back_beside_its_field(reef, ada, monkeypatch):
    editor = Editor(ada, reef)
    monkeypatch.setattr("media_app.metadata_rules.LONGEST", 9999)  # as if FastPix had become stricter than its document
    editor.title = "x" * 300
    assert editor.save().status_code == 422
    assert "size must be between 0 and 255" in editor.body


def test_silence_is_one_sentence_and_what_was_written_stays(reef, ada, sandbox):
    editor = Editor(ada, reef)
    sandbox.switch(api="down")
    try:
        editor.title = "Quay"
        assert editor.save().status_code == 502
    finally:
        sandbox.switch(api="up")
    assert reef.row().title == "Harbour"


def test_a_form_that_is_not_ours_is_not_read(reef, ada, port):
    editor = Editor(ada, reef)
    editor.opened = editor.opened[:-3] + "abc"
    assert editor.save().status_code == 400
    other = put(port)
    address = reverse("media:metadata_edit", args=[ada.slug, other.remote_id])
    assert ada.post(address, {"opened": Editor(ada, reef).opened}).status_code == 400


def test_a_viewer_may_not_and_sees_no_button(viewer, workspace):
    media = put(workspace, metadata={"project": "reef"})
    address = reverse("media:metadata_edit", args=[viewer.slug, media.remote_id])
    assert viewer.get(address).status_code == viewer.post(address).status_code == 403
    page = viewer.get(reverse("media:media_detail", args=[viewer.slug, media.remote_id])).content.decode()
    assert "Edit…" not in page


def test_another_workspace_s_media_cannot_be_edited(editor, workspace, stranger):
    theirs = put(stranger.user.memberships.get().workspace)
    assert editor.get(reverse("media:metadata_edit", args=[editor.slug, theirs.remote_id])).status_code == 404


def test_what_is_gone_says_why_it_cannot_be_edited(editor, workspace):
    media = put(workspace, gone=True)
    page = editor.get(reverse("media:media_detail", args=[editor.slug, media.remote_id])).content.decode()
    assert 'aria-disabled="true" aria-describedby="why-no-edit"' in page
