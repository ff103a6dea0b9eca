"""The papers on the desks of Musterstadt. Names, numbers and facts are invented."""

from integrations.demo.papers import Paper

CLAIM = Paper(
    "Kanzlei Dr. Ebeling und Partner",
    "Klageschrift",
    (
        "An das Verwaltungsgericht. Namens und in Vollmacht der Hoffmann Wohnbau GmbH erheben wir"
        " Klage gegen die Stadt Musterstadt an der Leine.",
        "Wir beantragen, den ablehnenden Vorbescheid aufzuheben und die Beklagte zu verpflichten,"
        " den beantragten Bauvorbescheid für das Grundstück Lindenweg 4 zu erteilen.",
        "Das Vorhaben fügt sich nach Art und Maß der baulichen Nutzung in die Eigenart der näheren"
        " Umgebung ein. Die Erschließung ist gesichert.",
    ),
)
REPLY = Paper(
    "Rechtsreferat",
    "Klageerwiderung",
    (
        "In der Verwaltungsstreitsache der Hoffmann Wohnbau GmbH gegen die Stadt Musterstadt"
        " an der Leine beantragen wir, die Klage abzuweisen.",
        "Das Vorhaben fügt sich nicht in die nähere Umgebung ein.",
    ),
)
REPLY_CHANGED = Paper(
    "Rechtsreferat",
    "Klageerwiderung",
    (
        "In der Verwaltungsstreitsache der Hoffmann Wohnbau GmbH gegen die Stadt Musterstadt"
        " an der Leine beantragen wir, die Klage abzuweisen.",
        "Das Vorhaben fügt sich nach dem Maß der baulichen Nutzung nicht in die nähere Umgebung"
        " ein: Vier Vollgeschosse sind dort ohne Vorbild.",
        "Die Stellungnahme der Bauaufsicht reichen wir nach.",
    ),
)
FILING_RULES = Paper(
    "Hauptamt",
    "Dienstanweisung Schriftgutverwaltung",
    (
        "Alle Geschäftsvorgänge werden in der eAkte vollständig, geordnet und nachvollziehbar"
        " geführt. Eingänge werden am Tag des Eingangs abgelegt.",
        "Akten werden nach Abschluss zu den Akten verfügt; die Aufbewahrungsfrist steht im"
        " Aktenplan.",
    ),
)
SUPPORT_NOTE = Paper(
    "Sozialamt",
    "Ergebnis des Runden Tisches Energieschulden",
    (
        "Die Stadtwerke unterrichten das Sozialamt vor jeder angekündigten Sperre, wenn die"
        " Betroffenen einwilligen.",
        "Offen ist, wer die Ratenvereinbarungen überwacht; die Stadtwerke antworten schriftlich.",
    ),
)
BUILDING_NOTE = Paper(
    "Bauaufsicht",
    "Vermerk zum Ortstermin",
    (
        "Die Garage soll an der östlichen Grundstücksgrenze errichtet werden. Die Nachbarn sind"
        " beteiligt.",
        "Vor dem Ortstermin sind die Abstände und die Zufahrt zu prüfen.",
    ),
)
STRAY_LETTER = Paper(
    "Wohngeldstelle",
    "Nachforderung von Unterlagen",
    (
        "Für die Berechnung des Wohngeldes fehlen noch die Verdienstbescheinigungen der letzten drei"
        " Monate.",
        "Bitte reichen Sie sie bis zum Ende des Monats nach.",
    ),
)
OFFER = Paper(
    "Regalbau Sösetal GmbH",
    "Angebot Rollregalanlage",
    (
        "Wir bieten eine Rollregalanlage mit 420 laufenden Metern einschließlich Montage an.",
        "An dieses Angebot halten wir uns bis zum Ende des Quartals gebunden.",
    ),
)
