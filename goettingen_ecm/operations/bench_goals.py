"""What the product promises of its speed: the goals that a benchmark report compares with.

Source: the benchmarks' contract and the issues of the product; a figure without a goal only informs.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """``limit`` in the figure's own unit; ``at_least``: more is better."""

    limit: float
    at_least: bool = False

    def met_by(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"


GOALS: dict[str, dict[str, Goal]] = {
    "import": {
        "documents_per_second": Goal(150, at_least=True),
        "cpu_ms_per_document": Goal(8),
        "clerk_read_ms_p95_during_import": Goal(10),
    },
    "pages": {
        "start_cpu_ms_median": Goal(30),
        "start_queries": Goal(12),
        "file_list_cpu_ms_median": Goal(30),
        "file_list_queries": Goal(12),
        "case_file_cpu_ms_median": Goal(45),
        "case_file_queries": Goal(20),
        "document_cpu_ms_median": Goal(45),
        "document_queries": Goal(20),
        "page_image_cpu_ms_median": Goal(8),
        "page_image_new_ms_median": Goal(200),
    },
    "bulk": {"objects_per_second": Goal(500, at_least=True)},
    "search": {
        "page_cpu_ms_median": Goal(45),
        "page_cpu_ms_p95": Goal(130),
        "page_cpu_ms_max": Goal(300),
        "facets_cpu_ms_median": Goal(80),
        "autocomplete_ms_p95": Goal(10),
        "tree_ms_p95": Goal(50),
        "list_sql_ms_p95": Goal(5),
        "analysed_documents_per_cpu_second": Goal(2000, at_least=True),
        "index_documents_per_cpu_second": Goal(400, at_least=True),
    },
    "load": {
        "errors": Goal(0),
        "request_cpu_ms_mean": Goal(30),
        "wall_ms_p95": Goal(500),
        "knee_users": Goal(200, at_least=True),
    },
    "search_quality": {
        "recall_compound": Goal(0.95, at_least=True),
        "recall_inflection": Goal(0.98, at_least=True),
        "recall_umlaut-ss": Goal(1, at_least=True),
        "recall_umlaut-ae": Goal(1, at_least=True),
        "recall_citation": Goal(0.95, at_least=True),
        "recall_file-number": Goal(1, at_least=True),
        "recall_hyphen": Goal(0.95, at_least=True),
        "known_item_top_k": Goal(1, at_least=True),
    },
    "city": {"disk_gb": Goal(45), "total_minutes": Goal(90)},
}
