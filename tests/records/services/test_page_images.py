"""The words over a page's image."""

import pytest
import typst
from django.db import transaction

from records import blob_store
from records.choices import TextState
from records.models import Blob
from records.services import blobs, page_images


@pytest.fixture
def letter(quick_city: None) -> Blob:
    pdf = typst.compile(b"#raw(\"<script>alert('x')</script> & mehr\") Bescheid")
    staged = blob_store.stage_chunks([pdf])
    with transaction.atomic():
        [blob] = blobs.store_staged([staged]).values()
    Blob.objects.filter(pk=blob.pk).update(
        mime_type="application/pdf", page_count=1, text_state=TextState.OK
    )
    return Blob.objects.get(pk=blob.pk)


def test_words_of_a_page_are_escaped(letter: Blob) -> None:
    layer = page_images.text_layer(letter, 1)
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;" in layer
    assert "&amp;" in layer
    assert "<script" not in layer


def test_hits_are_marked(letter: Blob) -> None:
    assert page_images.text_layer(letter, 1).count("desk-hit") == 0
    assert page_images.text_layer(letter, 1, "Bescheid").count("desk-hit") == 1


def test_a_page_that_is_not_there_has_no_words(letter: Blob) -> None:
    assert page_images.text_layer(letter, 2) == ""
