"""Everything that ranks or proposes."""
