"""What substitutions add, in plain SQL beside ``oracle``; shares no code with the product."""

from datetime import date

from django.db import connection

from tests.access import oracle

LENT = (
    oracle.CLAIMS
    + """,
stand AS (
  SELECT s.deputy_id, s.represented_id, s.includes_confidential AS confidential,
         ur.unit_id, ur.role, ur.group_id, o.circles
    FROM accounts_substitution s
    JOIN accounts_user d ON d.id = s.deputy_id AND d.is_active
    JOIN accounts_membership m ON m.user_id = s.represented_id
    JOIN accounts_unitrole ur ON ur.id = m.unit_role_id
    JOIN accounts_orgunit o ON o.id = ur.unit_id
   WHERE s.ended_at IS NULL AND %(day)s BETWEEN s.valid_from AND s.valid_until
     AND coalesce(m.valid_from, '-infinity') <= %(day)s
     AND coalesce(m.valid_until, 'infinity') >= %(day)s
     AND (s.unit_role_id IS NULL OR s.unit_role_id = m.unit_role_id)
     AND ur.role NOT IN ('revision', 'loesch_pruefung', 'personalvertretung', 'schnittstelle')
     AND EXISTS (SELECT FROM member own WHERE own.user_id = s.deputy_id)
     AND o.circles <@ ARRAY(
           SELECT c FROM member own, unnest(own.circles) c WHERE own.user_id = s.deputy_id)
),
standing AS (
  SELECT * FROM stand
  UNION
  SELECT s.deputy_id, s.represented_id, s.confidential, led.id, ur.role, ur.group_id, led.circles
    FROM stand s
    JOIN below b ON b.top = s.unit_id
    JOIN accounts_orgunit led ON led.id = b.unit AND led.circles <@ s.circles
    JOIN accounts_unitrole ur ON ur.unit_id = led.id AND ur.role = 'leitung'
   WHERE s.role = 'leitung'
),
lent AS (
  SELECT f.id AS file, s.deputy_id, s.represented_id, s.group_id
    FROM records_casefile f
    JOIN standing s ON s.unit_id = f.lead_unit_id
   WHERE (f.circle = '' OR f.circle = ANY (s.circles))
     AND (f.confidentiality <> 'vertraulich'
          OR s.confidential AND s.role IN ('sachbearbeitung', 'leitung'))
     AND (f.confidentiality = 'vertraulich'
          OR s.role IN ('sachbearbeitung', 'leitung', 'sekretariat', 'registratur'))
     AND NOT (f.confidentiality = 'offen' AND f.circle = '')
  UNION
  SELECT f.id, s.deputy_id, s.represented_id, s.group_id
    FROM group_grant g
    JOIN records_casefile f ON f.id = g.file
    JOIN standing s ON s.group_id = g.group_id
   WHERE (f.circle = '' OR f.circle = ANY (s.circles))
     AND (f.confidentiality <> 'vertraulich'
          OR s.confidential AND s.role IN ('sachbearbeitung', 'leitung'))
),
free AS (
  SELECT l.* FROM lent l
   WHERE NOT EXISTS (SELECT FROM records_casefileexclusion x
                      WHERE x.case_file_id = l.file
                        AND x.user_id IN (l.deputy_id, l.represented_id))
)
"""
)
FILES = LENT + "SELECT DISTINCT deputy_id, file FROM free"
MATTERS = (
    LENT
    + """
SELECT DISTINCT l.deputy_id, v.id
  FROM records_matter v
  JOIN free l ON l.file = v.case_file_id
  LEFT JOIN records_matter above ON above.id = v.parent_id
 WHERE (v.narrow_to IS NULL OR l.group_id = ANY (v.narrow_to))
   AND (above.narrow_to IS NULL OR l.group_id = ANY (above.narrow_to))
"""
)


def files_seen(day: date) -> set[tuple[int, int]]:
    """(person, case file) by own right or by substitution."""
    return oracle.files_seen(day) | _pairs(FILES, day)


def files_lent(day: date) -> set[tuple[int, int]]:
    """(deputy, case file) by substitution, also where the own rights would do."""
    return _pairs(FILES, day)


def matters_seen(day: date) -> set[tuple[int, int]]:
    """(person, matter), at most one level of sub-matters."""
    return oracle.matters_seen(day) | _pairs(MATTERS, day)


def _pairs(query: str, day: date) -> set[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"day": day})
        return set(cursor.fetchall())
