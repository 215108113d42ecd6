import Conform.Enclosure.ImageProperties
import Conform.Enclosure.ImageQuotientProperties

/-!
# Exact enclosures

What is known of quotients, roots and functions of exact numbers, without rounding errors that nobody bounds.

* `Conform.Enclosure.Functions`: `Enclosure.div`, `sqrt`, `exp`, `log`, `sinh`, `cosh`, `tanh`, `sin`, `cos` take
  extended dyadic numbers to an `ExtBall`, whose radius is at most `2 ^ -120` of its midpoint, or zero.
* `Conform.Enclosure.Image`: the same of intervals with dyadic or infinite ends, `Interval.exp` and so on.
* `Conform.Enclosure.Ball`: balls, their sums and products. `Conform.Enclosure.Rounding`: directed rounding.

Proved, over any ordered field (`OrderedFieldLaws`): that what is computed holds the number (`holds_exp`, …, and of
intervals `holds_image_exp`, …), for quotients, roots, any function that is an exponential one (`IsExp`), and its
logarithm and hyperbolic functions. Tested only, against an independent library (`tests/test_enclosures.py`): that the
radii are as small as stated, and `sin`, `cos` and `π`.
-/
