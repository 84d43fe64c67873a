"""The hostile corpus through the page where a firm brings its return back: words, and nothing is kept."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gongmai.core.audit.models import Entry
from gongmai.monitor.filing.models import HeldUpload, Version
from tests.monitor.filing.test_workbook_pages import (  # noqa: F401 - fixtures
    client,
    confirm,
    download,
    filing,
    firm,
    upload,
    url,
)
from tests.specimens import hostile
from tests.specimens.corpus import CORPUS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("simulated_time")]
ALERT = re.compile(r'role="alert"[^>]*>(.*?)</div>', re.DOTALL)
HONEST = {hostile.pixel_flood: "picture", hostile.linked_to_other_files: "linked"}


@pytest.mark.parametrize("builder", [*CORPUS, *HONEST], ids=lambda builder: builder.__name__)
def test_a_hostile_return_is_refused_in_words_and_leaves_nothing_behind(client, filing, builder):  # noqa: F811
    name, content = builder()
    entries, versions = Entry.objects.count(), Version.objects.count()
    response = client.post(url(filing), {"workbook": SimpleUploadedFile(name, content)})
    assert response.status_code == 422
    words = re.sub(r"<[^>]+>", "", ALERT.search(response.content.decode())[1])
    assert len(re.findall(r"[\u4e00-\u9fff]", words)) > 12
    assert "Traceback" not in words
    filing.refresh_from_db()
    assert (filing.draft, filing.draft_revision) == ({}, 0)
    assert not HeldUpload.objects.exists()
    assert (Entry.objects.count(), Version.objects.count()) == (entries, versions)


def test_after_the_worst_of_them_a_good_file_is_taken(client, filing):  # noqa: F811
    worst = (
        hostile.sparse_pair_without_addresses,
        hostile.shared_string_used_everywhere,
        hostile.lying_sizes,
    )
    for builder in (*worst, hostile.million_shared_strings, hostile.billion_laughs):
        name, content = builder()
        assert client.post(url(filing), {"workbook": SimpleUploadedFile(name, content)}).status_code == 422
    book = download(client, filing)
    book.worksheets[0]["D11"] = 1_000
    assert upload(client, filing, book).status_code == 200
    assert confirm(client, filing).status_code == 200
    filing.refresh_from_db()
    assert filing.draft["cells"]["output"] == 1_000
