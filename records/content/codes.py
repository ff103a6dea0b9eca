"""QR codes and barcodes printed on a page (requirement E4). Runs in the child."""

import zxingcpp
from PIL import Image

from records.content.plain_text import tidy

# 200 dpi on A4: enough for a code of 2 cm, a tenth of a second per page.
WIDTH_PX = 1_654
MOST = 10
MOST_CHARS = 1_000
_FORMATS = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.Code128,
    ]
)


def codes_in(picture: Image.Image) -> list[str]:
    """What the codes on a picture say, at most ten; kinds that read lines of a table are left out."""
    found = zxingcpp.read_barcodes(picture.convert("L"), formats=_FORMATS)
    said = (tidy(one.text).strip()[:MOST_CHARS] for one in found)
    return list(dict.fromkeys(text for text in said if text))[:MOST]
