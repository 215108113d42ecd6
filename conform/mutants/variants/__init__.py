"""Correct implementations that differ in how they compute: no rule may flag any of them."""
