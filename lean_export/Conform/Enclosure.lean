import Conform.Enclosure.Image

/-!
# Exact enclosures

What is known of quotients, roots and functions of exact numbers, without rounding errors that nobody bounds.

* `Conform.Enclosure.Functions`: `Enclosure.div`, `sqrt`, `exp`, `log`, `sinh`, `cosh`, `tanh`, `sin`, `cos` take
  extended dyadic numbers to an `ExtBall`, whose radius is at most `2 ^ -120` of its midpoint, or zero.
* `Conform.Enclosure.Image`: the same of intervals with dyadic or infinite ends, `Interval.exp` and so on.
* `Conform.Enclosure.Ball`: balls, their sums and products. `Conform.Enclosure.Rounding`: directed rounding.

All of it is compared with an independent library, in `tests/test_enclosures.py`.
-/
