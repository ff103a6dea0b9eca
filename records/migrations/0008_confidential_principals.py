"""Scopes of confidential files name their groups beyond 2**30 (``access.principal_ids``).

A substitution without confidential files gives the plain principal only, so both must differ.
Grants to single persons (kinds 1 and 3) keep theirs: they never pass to a deputy.
"""

from django.db import migrations

MAPPING = """
CREATE FUNCTION pg_temp.{name}(principals int[]) RETURNS int[] LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(array_agg(q ORDER BY q), '{{}}') FROM (
    SELECT {case} AS q FROM unnest(principals) AS p
  ) AS mapped
$$;
"""
FORWARDS = MAPPING.format(
    name="reclassified",
    case="""CASE
      WHEN p > 1073741824 OR p < -1073741824 THEN p
      WHEN p > 0 THEN p + 1073741824
      WHEN (-p / 8) % 4 IN (1, 3) THEN p
      ELSE p - 1073741824 END""",
)
BACKWARDS = MAPPING.format(
    name="reclassified",
    case="""CASE
      WHEN p > 1073741824 THEN p - 1073741824
      WHEN p < -1073741824 THEN p + 1073741824
      ELSE p END""",
)
# The digest is that of access.scopes: both lists as big-endian numbers behind their lengths.
WRITE = """
CREATE TEMPORARY TABLE reclassified_scope ON COMMIT DROP AS
WITH used AS (
  SELECT scope_id FROM records_casefile WHERE confidentiality = 'vertraulich'
  UNION SELECT m.scope_id FROM records_matter m JOIN records_casefile f ON f.id = m.case_file_id
         WHERE f.confidentiality = 'vertraulich'
  UNION SELECT d.scope_id FROM records_document d JOIN records_casefile f ON f.id = d.case_file_id
         WHERE f.confidentiality = 'vertraulich'
)
SELECT s.id AS old_id, pg_temp.reclassified(s.allow) AS allow, s.deny
  FROM access_accessscope s JOIN used ON used.scope_id = s.id;
ALTER TABLE reclassified_scope ADD digest bytea;
UPDATE reclassified_scope SET digest = sha256(
  int4send(cardinality(allow))
  || coalesce((SELECT string_agg(int4send(p), ''::bytea ORDER BY p) FROM unnest(allow) p), '')
  || int4send(cardinality(deny))
  || coalesce((SELECT string_agg(int4send(p), ''::bytea ORDER BY p) FROM unnest(deny) p), '')
);
INSERT INTO access_accessscope (allow, deny, digest)
  SELECT DISTINCT ON (digest) allow, deny, digest FROM reclassified_scope ORDER BY digest
  ON CONFLICT (digest) DO NOTHING;
UPDATE records_casefile f SET scope_id = s.id
  FROM reclassified_scope r JOIN access_accessscope s ON s.digest = r.digest
 WHERE f.scope_id = r.old_id AND f.confidentiality = 'vertraulich';
UPDATE records_matter m SET scope_id = s.id
  FROM reclassified_scope r JOIN access_accessscope s ON s.digest = r.digest, records_casefile f
 WHERE m.scope_id = r.old_id AND f.id = m.case_file_id AND f.confidentiality = 'vertraulich';
UPDATE records_document d SET scope_id = s.id
  FROM reclassified_scope r JOIN access_accessscope s ON s.digest = r.digest, records_casefile f
 WHERE d.scope_id = r.old_id AND f.id = d.case_file_id AND f.confidentiality = 'vertraulich';
UPDATE records_searchentry e SET acl = s.allow, deny = s.deny
  FROM records_document d
  JOIN access_accessscope s ON s.id = d.scope_id
  JOIN records_casefile f ON f.id = d.case_file_id
 WHERE f.confidentiality = 'vertraulich' AND e.document_id = d.id AND e.case_file_id = f.id
   AND e.acl IS DISTINCT FROM s.allow;
DROP TABLE reclassified_scope;
DROP FUNCTION pg_temp.reclassified(int[]);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0007_emergency_access_and_reviews"),
        ("access", "0004_substitutions_age_epoch"),
    ]
    operations = [migrations.RunSQL(FORWARDS + WRITE, BACKWARDS + WRITE)]
