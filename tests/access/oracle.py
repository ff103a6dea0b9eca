"""An independent answer to "who sees what": plain SQL over memberships, units, grants and levels.

It shares no code with the product: no scopes, no principals, no role sets, no ancestors column.
"""

from datetime import date

from django.db import connection

CLAIMS = """
WITH RECURSIVE
member AS (
  SELECT m.user_id, ur.unit_id, ur.role, ur.group_id, o.circles
    FROM accounts_membership m
    JOIN accounts_unitrole ur ON ur.id = m.unit_role_id
    JOIN accounts_orgunit o ON o.id = ur.unit_id
    JOIN accounts_user u ON u.id = m.user_id
   WHERE u.is_active
     AND coalesce(m.valid_from, '-infinity') <= %(day)s
     AND coalesce(m.valid_until, 'infinity') >= %(day)s
),
below AS (
  SELECT id AS top, id AS unit FROM accounts_orgunit
  UNION ALL
  SELECT b.top, o.id FROM below b JOIN accounts_orgunit o ON o.parent_id = b.unit
),
holder AS (
  SELECT user_id, unit_id, role, group_id, circles FROM member
  UNION
  SELECT m.user_id, led.id, ur.role, ur.group_id, led.circles
    FROM member m
    JOIN below b ON b.top = m.unit_id
    JOIN accounts_orgunit led ON led.id = b.unit
    JOIN accounts_unitrole ur ON ur.unit_id = led.id AND ur.role = 'leitung'
   WHERE m.role = 'leitung'
     AND NOT EXISTS (SELECT FROM unnest(led.circles) c WHERE c <> ALL (m.circles))
),
entry_above AS (
  SELECT id AS entry, id AS above, parent_id, overflow_of_id FROM records_fileplanentry
  UNION
  SELECT e.entry, p.id, p.parent_id, p.overflow_of_id
    FROM entry_above e
    JOIN records_fileplanentry p ON p.id IN (e.parent_id, e.overflow_of_id)
),
group_grant AS (
  SELECT g.content_object_id AS file, g.group_id FROM records_casefilegroupgrant g
   WHERE coalesce(g.valid_until, 'infinity') >= %(day)s
  UNION
  SELECT f.id, g.group_id
    FROM records_planentrygroupgrant g
    JOIN entry_above e ON e.above = g.content_object_id
    JOIN records_casefile f ON f.entry_id = e.entry
   WHERE coalesce(g.valid_until, 'infinity') >= %(day)s
),
user_grant AS (
  SELECT g.content_object_id AS file, g.user_id FROM records_casefileusergrant g
   WHERE coalesce(g.valid_until, 'infinity') >= %(day)s
  UNION
  SELECT f.id, g.user_id
    FROM records_planentryusergrant g
    JOIN entry_above e ON e.above = g.content_object_id
    JOIN records_casefile f ON f.entry_id = e.entry
   WHERE coalesce(g.valid_until, 'infinity') >= %(day)s
),
claim AS (
  SELECT f.id AS file, m.user_id, g.id AS group_id
    FROM records_casefile f, member m, auth_group g
   WHERE g.name = 'Alle Beschäftigten' AND f.confidentiality = 'offen' AND f.circle = ''
  UNION
  SELECT f.id, h.user_id, h.group_id
    FROM records_casefile f
    JOIN holder h ON h.unit_id = f.lead_unit_id
   WHERE (f.circle = '' OR f.circle = ANY (h.circles))
     AND CASE f.confidentiality
           WHEN 'vertraulich' THEN h.role IN ('sachbearbeitung', 'leitung')
           WHEN 'intern' THEN
             h.role IN ('sachbearbeitung', 'leitung', 'sekretariat', 'registratur')
           ELSE f.circle <> ''
             AND h.role IN ('sachbearbeitung', 'leitung', 'sekretariat', 'registratur')
         END
  UNION
  SELECT f.id, h.user_id, h.group_id
    FROM group_grant g
    JOIN records_casefile f ON f.id = g.file
    JOIN holder h ON h.group_id = g.group_id
   WHERE (f.circle = '' OR f.circle = ANY (h.circles))
     AND (f.confidentiality <> 'vertraulich' OR h.role IN ('sachbearbeitung', 'leitung'))
  UNION
  SELECT f.id, m.user_id, g.group_id
    FROM group_grant g
    JOIN auth_group everybody ON everybody.id = g.group_id
     AND everybody.name = 'Alle Beschäftigten'
    JOIN records_casefile f ON f.id = g.file
   CROSS JOIN member m
   WHERE f.circle = '' AND f.confidentiality <> 'vertraulich'
  UNION
  SELECT f.id, m.user_id, NULL
    FROM user_grant g
    JOIN records_casefile f ON f.id = g.file
    JOIN member m ON m.user_id = g.user_id
   WHERE f.circle = '' OR f.circle = ANY (m.circles)
)
"""
NOT_EXCLUDED = """
  NOT EXISTS (SELECT FROM records_casefileexclusion x
               WHERE x.case_file_id = c.file AND x.user_id = c.user_id)
"""
FILES = CLAIMS + f"SELECT DISTINCT c.user_id, c.file FROM claim c WHERE {NOT_EXCLUDED}"
MATTERS = (
    CLAIMS
    + f"""
SELECT DISTINCT c.user_id, v.id
  FROM records_matter v
  JOIN claim c ON c.file = v.case_file_id
  LEFT JOIN records_matter above ON above.id = v.parent_id
 WHERE {NOT_EXCLUDED}
   AND (v.narrow_to IS NULL OR c.group_id = ANY (v.narrow_to))
   AND (above.narrow_to IS NULL OR c.group_id = ANY (above.narrow_to))
"""
)


def files_seen(day: date) -> set[tuple[int, int]]:
    """(person, case file) of everybody who may see it on that day."""
    return _pairs(FILES, day)


def matters_seen(day: date) -> set[tuple[int, int]]:
    """(person, matter), at most one level of sub-matters."""
    return _pairs(MATTERS, day)


def _pairs(query: str, day: date) -> set[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"day": day})
        return set(cursor.fetchall())
