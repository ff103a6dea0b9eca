import pytest

from records.choices import Confidentiality
from tests.access import world as w

OPEN, INTERNAL, CONFIDENTIAL = (
    Confidentiality.OPEN,
    Confidentiality.INTERNAL,
    Confidentiality.CONFIDENTIAL,
)


@pytest.fixture
def world(city: None) -> w.World:
    """People and one file of each kind."""
    built = w.build()
    built.files = {
        "soziales intern": w.open_file("50.10", "50.1", INTERNAL),
        "soziales vertraulich": w.open_file("50.10", "50.1", CONFIDENTIAL),
        "soziales offen": w.open_file("50.20", "50.1", OPEN),
        "sozialamt intern": w.open_file("50.50", "50", INTERNAL),
        "bauen intern": w.open_file("63.10", "63.1", INTERNAL),
        "bauen vertraulich": w.open_file("63.10", "63.1", CONFIDENTIAL),
        "bauen offen": w.open_file("63.20", "63.1", OPEN),
        "steuer intern": w.open_file("20.30", "20.3", INTERNAL),
        "rat intern": w.open_file("00.10", "OB", INTERNAL),
    }
    return built
