"""Two tabs that choose the same file at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from media_app.models import Upload
from media_app.services import browser_uploads, handed_files
from tests.media_app.services.test_handed_files import FILE

TABS = 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("begin", [browser_uploads.begin, handed_files.begin])
def test_they_share_one_row(harbor, editor, begin, settings, tmp_path):
    """RELIABILITY 35: also when neither sees the other's row yet."""
    settings.HANDED_DIR = tmp_path / "handed"
    together = Barrier(TABS)

    def choose(_tab):
        together.wait(10)
        try:
            return begin(harbor, editor.user, FILE)[0].pk
        finally:
            connection.close()

    with ThreadPoolExecutor(TABS) as tabs:
        assert len(set(tabs.map(choose, range(TABS)))) == 1
    assert Upload.objects.count() == 1
