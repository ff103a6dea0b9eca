"""The search table: partitions by year, GIN over lexemes and access principals (search.md §6)."""

from django.db import migrations

FIRST_YEAR, LAST_YEAR = 1990, 2045

TABLE = """
CREATE TABLE records_searchentry (
  sort_date date NOT NULL,
  document_id bigint NOT NULL,
  case_file_id bigint NOT NULL,
  acl int[] NOT NULL,
  deny int[] NOT NULL DEFAULT '{}',
  tsv tsvector NOT NULL,
  PRIMARY KEY (sort_date, document_id)
) PARTITION BY RANGE (sort_date);
ALTER TABLE records_searchentry ALTER tsv SET STORAGE EXTERNAL, ALTER tsv SET STATISTICS 300;
CREATE INDEX search_entry_words ON records_searchentry USING gin (tsv, acl)
  WITH (fastupdate = on, gin_pending_list_limit = 4096);
CREATE INDEX search_entry_recent ON records_searchentry (sort_date DESC, document_id DESC);
CREATE INDEX search_entry_case_file ON records_searchentry (case_file_id, sort_date DESC);
CREATE INDEX search_entry_document ON records_searchentry (document_id);
"""

OPTIONS = "WITH (toast_tuple_target = 128, autovacuum_vacuum_insert_scale_factor = 0.02)"


def partition(name: str, bounds: str) -> str:
    return f"CREATE TABLE {name} PARTITION OF records_searchentry {bounds} {OPTIONS};"


YEARS = "\n".join(
    partition(
        f"records_searchentry_{year}",
        f"FOR VALUES FROM ('{year}-01-01') TO ('{year + 1}-01-01')",
    )
    for year in range(FIRST_YEAR, LAST_YEAR + 1)
)
OUTSIDE = partition("records_searchentry_other", "DEFAULT")


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = [
        migrations.RunSQL(TABLE + YEARS + OUTSIDE, "DROP TABLE records_searchentry"),
    ]
