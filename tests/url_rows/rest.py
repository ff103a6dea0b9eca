"""The REST interface asks for a token: a login of the desk opens nothing."""

from tests.stories import Story
from tests.url_rows import EVERYBODY

NO_TOKEN = (401,) * 7
GET = {
    "api-v1:file-types": NO_TOKEN,
    "api-v1:case-files": NO_TOKEN,
    "api-v1:case-file": NO_TOKEN,
    "api-v1:openapi-json": EVERYBODY,
    "api-v1:api-root": (404,) * 7,
}
POST_ONLY: set[str] = set()


def arguments(story: Story) -> dict[str, list[object]]:
    return {"api-v1:case-file": [story.case_file.uuid]}
