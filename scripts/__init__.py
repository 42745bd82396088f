"""Programs that write generated pages; not part of the product."""
