import Conform.Enclosure.ExpProperties
import Conform.Enclosure.HyperbolicProperties
import Conform.Enclosure.Image
import Conform.Enclosure.LogProperties
import Conform.Enclosure.QuotientProperties
import Conform.Enclosure.RootProperties

/-!
# Exact enclosures

What is known of quotients, roots and functions of exact numbers, without rounding errors that nobody bounds.

* `Conform.Enclosure.Functions`: `Enclosure.div`, `sqrt`, `exp`, `log`, `sinh`, `cosh`, `tanh`, `sin`, `cos` take
  extended dyadic numbers to an `ExtBall`, whose radius is at most `2 ^ -120` of its midpoint, or zero.
* `Conform.Enclosure.Image`: the same of intervals with dyadic or infinite ends, `Interval.exp` and so on.
* `Conform.Enclosure.Ball`: balls, their sums and products. `Conform.Enclosure.Rounding`: directed rounding.

Proved, over any ordered field (`OrderedFieldLaws`): that the number lies in the interval, for quotients and roots, for any
function that is an exponential one (`IsExp`), and for its logarithm and hyperbolic functions. Tested only, like the
widths, against an independent library (`tests/test_enclosures.py`): `sin`, `cos` and `π`.
-/
