import Conform.Beyond.Scalar
import Conform.Beyond.Written

/-!
# The traced scalar beyond the ring

A function ends one sum of products and starts the next. A number here is such a sum: its value, enclosed; its magnitude
`m`, which is the sum of absolute values; and for every model of arithmetic what the error of a computed one is made of.

| component | input, constant | `a + b` | `a * b` | `f a`, `a / b` |
|---|---|---|---|---|
| `value` | itself | sum | product | enclosure of `f` |
| `magnitude` | `|x|` | sum | product | `|f|` |
| `terms` | 0, or 1 where the format lacks it | `max` | `k_a + k_b + 1` | roundings of the table |
| `additions` | 0 | `n_a + n_b + 1` | 0 | 0 |
| `underflow` | 0 | `E_a + E_b + 1` | `E_a (m_b + e_b) + E_b (m_a + e_a) + E_a E_b + 1` | underflows of the table |
| `inherited` | 0 | `e_a + e_b` | `m_a e_b + e_a m_b + e_a e_b` | greatest distance of `f` on the interval of `a`, and the radius |
| `nonneg`, `nonpos` | its sign | both | by the signs | the sign of every value on the interval |
| `plus`, `minus` | no | either | by the signs, where a factor may be infinite | no |

* The depth is `k = terms + additions`: a sum of sums may be taken in any order and association, so that a term may go
  through as many roundings as its deepest term and every addition have.
* A computed number is off by at most `d = ((1 + u) ^ k - 1) m + (1 + u) ^ k (e + E η) + radius` where nothing overflows
  (`Errors.error`), and lies within `d` of the value. Where the positive terms may add up to more than the largest number,
  the upper end of that interval is an infinity, and where the negative ones may, the lower end; where both may, or
  a factor that may be infinite meets one that may be zero, nan can come out, and nothing is known (`Beyond.interval`).
* A function of an exact number inherits nothing. A special value is what it is only where it is one of every number that
  the arguments may be: infinity over infinity is nan where both are infinite however they are computed.
* Nothing is known is written as an infinite `inherited`.
* A number without inputs in it is a constant: it may be computed in any precision before it is rounded, and does not
  overflow on the way.
* A comparison is decided by the values. Where the intervals of both sides meet, rounding could decide it either way,
  and the setting's `tie` says how: the elements that differ between both ties are undecided.
* The greater of two numbers that are known to be apart is one of them. Of others, the components are the greatest of
  both: `max` is 1-Lipschitz and does not round.

Proved, in `Conform.Soundness.ExporterContext` and `Conform.Soundness.ExporterValue`: where all that went into a number is
finite, computed numbers and the exact one lie as said. Tested only: numbers that overflow, special values, `max` and
comparisons of computed numbers, and powers.

Main definitions: `Conform.Errors` and its sum; `Conform.Beyond`, with `interval`, `add`, `mul`; `apply` and `div` in
`Conform.Beyond.Function`; `Context (Beyond s)` in `Conform.Beyond.Scalar`; `read` in `Conform.Beyond.Written`.
-/
