"""What ``bench_pages`` measures and the city it measures on."""
