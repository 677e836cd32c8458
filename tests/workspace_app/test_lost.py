"""What a person meets at an address that is not there, or not for them."""

FRAME = 'class="fp-page"'


def test_a_signed_in_person_keeps_the_frame_at_an_address_that_is_not_there(viewer, workspace):
    lost = viewer.get(f"/w/{workspace.slug}/media/no-such-media/")
    assert lost.status_code == 404
    assert FRAME in lost.text
    assert lost.text.count("<h1") == 1
    assert f"/w/{workspace.slug}/media/" in lost.text


def test_a_person_whose_role_does_not_allow_it_keeps_the_frame(viewer, workspace):
    refused = viewer.get(f"/w/{workspace.slug}/settings/")
    assert refused.status_code == 403
    assert FRAME in refused.text


def test_a_stranger_cannot_tell_a_workspace_from_none(stranger, workspace):
    theirs = stranger.get(f"/w/{workspace.slug}/media/")
    nobodys = stranger.get("/w/nobodys/media/")
    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert workspace.slug not in theirs.text
    assert workspace.name not in theirs.text


def test_somebody_who_is_not_signed_in_gets_a_page_without_a_frame(client, db):
    lost = client.get("/no-such-page/")
    assert lost.status_code == 404
    assert FRAME not in lost.text
