"""The search: filters and export of hits follow sight; saved searches are one's own."""

from tests.stories import Story
from tests.url_rows import EVERYBODY

GET = {
    "search-facets": EVERYBODY,
    "search-export": EVERYBODY,
    # Nobody has saved a search yet; another person's is as missing as none.
    "saved-search": (404,) * 7,
    "search-mails": EVERYBODY,
}
POST_ONLY = {
    "saved-search-save",
    "saved-search-rename",
    "saved-search-delete",
    "saved-search-mail",
}


def arguments(story: Story) -> dict[str, list[object]]:
    return {
        "search-export": ["csv"],
        "saved-search": [1],
        "saved-search-rename": [1],
        "saved-search-delete": [1],
        "saved-search-mail": [1],
    }
