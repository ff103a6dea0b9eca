"""Names OPEN/PROSOZ uses in a delivery: keys, kinds of benefit, letters (requirements.md §3.2)."""

SYSTEM_CODE = "openprosoz"
CASE_FILE_TYPE = "Leistungsakte"
MATTER_TYPE = "Bewilligungszeitraum"
GENERAL_MATTER_TYPE = "Allgemeines"

KEY_MANDANT = "Mandant"
KEY_FALLNUMMER = "Fallnummer"
KEY_LEISTUNGSART = "Leistungsart"

LEISTUNGSARTEN = {
    "SGB12-K3": "Hilfe zum Lebensunterhalt",
    "SGB12-K4": "Grundsicherung im Alter und bei Erwerbsminderung",
    "SGB12-K5": "Hilfen zur Gesundheit",
    "SGB12-K7": "Hilfe zur Pflege",
    "SGB12-K8": "Hilfe zur Überwindung besonderer sozialer Schwierigkeiten",
    "SGB12-K9": "Hilfe in anderen Lebenslagen",
    "SGB9-EGH": "Eingliederungshilfe",
    "WOGG": "Wohngeld",
    "ASYLBLG": "Leistungen nach dem Asylbewerberleistungsgesetz",
    "BUT": "Bildung und Teilhabe",
}

DOCUMENT_TYPES = {
    "antrag": "Antrag",
    "weiterbewilligungsantrag": "Weiterbewilligungsantrag",
    "eingangsbestaetigung": "Eingangsbestätigung",
    "mitwirkungsaufforderung": "Mitwirkungsaufforderung",
    "anhoerung": "Anhörung",
    "bewilligungsbescheid": "Bewilligungsbescheid",
    "aenderungsbescheid": "Änderungsbescheid",
    "ablehnungsbescheid": "Ablehnungsbescheid",
    "versagungsbescheid": "Versagungsbescheid",
    "aufhebungs-und-erstattungsbescheid": "Aufhebungs- und Erstattungsbescheid",
    "widerspruch": "Widerspruch",
    "widerspruchsbescheid": "Widerspruchsbescheid",
    "abhilfebescheid": "Abhilfebescheid",
    "klage": "Klage",
    "berechnungsbogen": "Berechnungsbogen",
    "mietbescheinigung": "Mietbescheinigung",
    "einkommensnachweis": "Einkommensnachweis",
    "nachweis": "Nachweis",
    "veraenderungsmitteilung": "Veränderungsmitteilung",
    "gutachten": "Gutachten",
    "kostenanerkenntnis": "Kostenanerkenntnis",
    "unterhalt": "Unterhaltsangelegenheit",
    "stellungnahme": "Stellungnahme",
    "vermerk": "Vermerk",
    "abgabe": "Abgabe an anderen Träger",
    "schreiben": "Schreiben",
}
"""Code of our document type and its name; load_demo and the set-up of the connector create them."""

LETTER_NAMES = {
    "erstantrag": "antrag",
    "formantrag": "antrag",
    "folgeantrag": "weiterbewilligungsantrag",
    "antrag auf weiterbewilligung": "weiterbewilligungsantrag",
    "aufforderung zur mitwirkung": "mitwirkungsaufforderung",
    "mitwirkung": "mitwirkungsaufforderung",
    "weiterbewilligungsbescheid": "bewilligungsbescheid",
    "wohngeldbescheid": "bewilligungsbescheid",
    "erstattungsbescheid": "aufhebungs-und-erstattungsbescheid",
    "aufhebungsbescheid": "aufhebungs-und-erstattungsbescheid",
    "rentenbescheid": "einkommensnachweis",
    "rentenanpassungsmitteilung": "einkommensnachweis",
    "lohnabrechnung": "einkommensnachweis",
    "verdienstbescheinigung": "einkommensnachweis",
    "nebenkostenabrechnung": "nachweis",
    "betriebskostenabrechnung": "nachweis",
    "heizkostenabrechnung": "nachweis",
    "ärztliche bescheinigung": "gutachten",
    "aktenvermerk": "vermerk",
    "telefonvermerk": "vermerk",
    "abgabe des falles": "abgabe",
}
"""Names of letters in OPEN/PROSOZ beyond our own type names, in small letters."""

FALLBACK_TYPE = "schreiben"
