"""Where words, numbers, citations and dates stand in a text: one regular expression, one pass."""

import re

from records.analysis.folding import INVISIBLE

# Letters, digits, accents set apart, and what is invisible inside a word.
_IN_WORD = rf"[\w\u0300-\u036f{INVISIBLE}]"
# "Haupt-\nund Nebenwohnung" keeps its hyphen; "Grund-\nsicherung" is one word.
_PARTICLE = r"(?:und|oder|bzw|beziehungsweise|sowie|als|wie|noch|statt|bis|u)\b"
_BREAK = r"[ \t]*(?:\r?\n|\r|\f)[ \t\f\r\n]{0,4}"
_SOFT_BREAK = r"\s(?<=[\u00ad\ufffe\x02]\s)[ \t\f\r\n]{0,4}"
_LINE_END = rf"(?:[-\u2010\u2011]{_BREAK}|{_SOFT_BREAK})"
_JOINER = (
    rf"(?:[-\u2010\u2011\u2013./:@&+'\u2019]|,(?<=\d,)(?=\d)"
    rf"|[-\u2010\u2011]{_BREAK}(?!{_PARTICLE})(?=[^\W\d_])|{_SOFT_BREAK}(?=[^\W\d_]))"
)
# Anything written without a blank: Bescheid, De-Mail, 32.10-0017/2026, 1.234,56, a.b@example.org
_CHUNK = rf"{_IN_WORD}+(?:{_JOINER}{_IN_WORD}+)*"

_NUMBER = r"\d{1,5}[a-z]?(?!\w)"
_DETAIL = (
    r"(?:[Aa]bs(?:\.|atz)|[Ss](?:\.|atz)|[Nn](?:r\.|ummer)|[Zz]iff(?:\.|er)"
    r"|[Bb]uchst(?:\.|abe)|[Hh]albs(?:\.|atz)|Alt\.)\s{0,2}(?:\d{1,4}[a-z]{0,2}|[a-z]{1,2})(?!\w)"
)
_DETAILS = rf"(?:,?\s{{1,2}}{_DETAIL}){{0,5}}"
_MORE = rf"(?:(?:,\s?|\s(?:und|oder|bis)\s)(?:§\s?)?{_NUMBER}(?!\.){_DETAILS}){{0,20}}"
_CITED = rf"{_NUMBER}{_DETAILS}{_MORE}"
# § 34 Abs. 2 Satz 1 · §§ 34, 35 und 38 Abs. 1 · Art. 100 Absatz 1 · Paragraph 5. Each alternative
# begins with its own letter: the matcher then rejects ordinary words by one look.
_CITATION = (
    rf"§§?\s{{0,2}}{_CITED}|[Aa]rt(?:\.|ikels?)?\s{{1,2}}{_CITED}"
    rf"|[Pp]aragra(?:ph|f)(?:en|s)?\s{{1,2}}{_CITED}"
)
# The paragraphs of a law begin with (1), (2) …; elsewhere people write Abs. 2.
_PARAGRAPH = (
    rf"[Aa]bs(?:\.|atz)\s{{0,2}}{_NUMBER}{_DETAILS}|\((?:(?<=\n\()|(?<=\A\())\d{{1,3}}[a-z]?\)"
)

MONTHS = {
    "januar": 1, "jaenner": 1, "februar": 2, "maerz": 3, "april": 4, "mai": 5, "juni": 6,
    "juli": 7, "august": 8, "september": 9, "oktober": 10, "november": 11, "dezember": 12,
}  # fmt: skip
_MONTH = "[JFMASOND](?:anuar|änner|ebruar|ärz|aerz|pril|ai|uni|uli|ugust|eptember|ktober|ovember|ezember)"
_DATE = rf"\d\d?\.\s{{0,2}}{_MONTH}\s{{1,2}}\d{{4}}(?!\w)|{_MONTH}\s{{1,2}}\d{{4}}(?!\w)"
_IBAN = r"[A-Z][A-Z]\d\d(?:[ ]?[0-9A-Z]{4}){3,7}(?:[ ]?[0-9A-Z]{1,3})?(?!\w)"
# Kfz-Kennzeichen: GÖ-AB 123, HH-X 9E
_PLATE = r"[A-ZÄÖÜ][A-ZÄÖÜ]?[A-ZÄÖÜ]?-[A-Z][A-Z]?[ -]\d{1,4}[EH]?(?!\w)"

# Most words: nothing of them can begin or go on as one of the longer forms. Only for speed.
_PLAIN_WORD = "[b-oq-zäöüßBCEGHIKLQRT-ZÄÖÜ][a-zäöüß]+(?=[ ,\n])"
_FORMS = f"{_CITATION}|{_PARAGRAPH}|{_DATE}|{_IBAN}|{_PLATE}|{_CHUNK}"
# split() with the one group yields gap, token, gap, token, … gap: lengths give every offset.
TOKEN = re.compile(f"({_PLAIN_WORD}|{_FORMS})")
split_tokens = TOKEN.split

CITATION = re.compile(f"{_CITATION}|{_PARAGRAPH}")
DATE = re.compile(_DATE)
SPACED_KEY = re.compile(f"{_IBAN}|{_PLATE}")
JOINERS = re.compile(r"[-\u2010\u2011\u2013./:@&+'\u2019,_ ]+")
_MENDED = re.compile(rf"{_LINE_END}(?!{_PARTICLE})(?=[a-zß-ÿ])")
_KEPT = re.compile(_LINE_END)


def mended(text: str) -> str:
    """Words parted at a line's end joined again; before a capital the hyphen stays (De-Mail)."""
    return _KEPT.sub("-", _MENDED.sub("", text))
