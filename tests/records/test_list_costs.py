"""What lists and the index cost is measured on the real pages."""

from records.benchmarks import list_costs
from tests import personas, stories
from tests.personas import CLERK_SOCIAL


def test_every_figure_of_the_contract_is_measured(quick_city: None) -> None:
    stories.social_file()
    asked = {name: ["Bescheid"] for name in list_costs.FACETED}
    figures = list_costs.measure([personas.person(CLERK_SOCIAL)], asked, 1)
    assert set(figures) == {
        "tree_ms_p95",
        "autocomplete_ms_p95",
        "list_sql_ms_p95",
        "facets_cpu_ms_median",
        "facets_cpu_ms_p95",
        "index_documents_per_cpu_second",
    }
    assert min(figures.values()) > 0
