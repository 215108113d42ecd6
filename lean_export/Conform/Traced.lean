import Conform.Ext

/-!
# The traced scalar

A scalar that carries, beside the exact value, what the tolerance of a floating-point result depends on. One run
of a definition at this type gives the oracle of every output and all the numbers its error bound is made of.

| component | input `x` | `a + b` | `a * b` |
|---|---|---|---|
| `value` | `x` | sum | product |
| `magnitude` | `|x|` | sum | product |
| `finite` | `|x|`, zero if not finite | sum | product |
| `depth` | 0 | `max + 1` | `sum + 1` |
| `underflow` | 0 | `Eₐ + E_b + 1` | `Eₐ m_b + E_b mₐ + Eₐ E_b + 1` |
| `quantum` | exponent of `x` in lowest terms | least | sum |
| `floor` | quantum | least | least of the product's quantum and the factors' floors |
| `peak` | `|x|`, zero if not finite | greatest, the sum too | greatest of the product and the factors' peaks |

* `depth` bounds the number of roundings that any one term goes through: with unit roundoff `u` the relative error
  of a result with only rounding errors is at most `(1 + u) ^ depth - 1` of its magnitude.
* `underflow` bounds, in smallest subnormal numbers, what one underflow in every operation can grow to; `m` is the
  finite magnitude.
* `quantum` is an exponent that every term is a multiple of. A zero has none and does not count.
* `floor` and `peak` are the extremes of `quantum` and `finite` over everything computed on the way. A factor
  that is an input was not computed and does not count in a product; a term that is an input does, being a partial
  sum by itself.
-/

namespace Conform

/-- The exact value of a computation together with the quantities its error bound needs. -/
structure Traced where
  value : Ext
  magnitude : Ext
  finite : Dyadic
  depth : Nat
  underflow : Dyadic
  quantum : Option Int
  floor : Option Int
  peak : Dyadic
  deriving DecidableEq, Repr, Inhabited

namespace Traced

/-- The lesser of two exponents, where a missing one does not count. -/
def least : Option Int → Option Int → Option Int
  | some a, some b => some (min a b)
  | none, b => b
  | a, none => a

/-- The exponent of a product of two numbers with these quanta. -/
def sumOfQuanta : Option Int → Option Int → Option Int
  | some a, some b => some (a + b)
  | _, _ => none

/-- The exponent of a number in lowest terms; a zero has none. -/
def quantumOf (x : Dyadic) : Option Int := if x.isZero then none else some x.exponent

/-- Read an input. -/
def ofExt (x : Ext) : Traced :=
  let size := x.finitePart.abs
  let quantum := quantumOf size
  { value := x, magnitude := x.abs, finite := size, depth := 0, underflow := 0,
    quantum, floor := quantum, peak := size }

/-- The sum, traced. Finite magnitudes are magnitudes, so that sum is computed once. -/
protected def add (a b : Traced) : Traced :=
  let finite := a.finite + b.finite
  { value := a.value + b.value
    magnitude := match a.magnitude, b.magnitude with
      | .finite _, .finite _ => .finite finite
      | m, n => m + n
    finite
    depth := max a.depth b.depth + 1
    underflow := a.underflow + b.underflow + Dyadic.twoPow 0
    quantum := least a.quantum b.quantum
    floor := least a.floor b.floor
    peak := max finite (max a.peak b.peak) }

/-- `floor` of a factor, where it was computed. -/
def computedFloor (a : Traced) : Option Int := if a.depth = 0 then none else a.floor

/-- `peak` of a factor, where it was computed. -/
def computedPeak (a : Traced) : Dyadic := if a.depth = 0 then 0 else a.peak

/-- The product, traced. Finite magnitudes are magnitudes, so that product is computed once. -/
protected def mul (a b : Traced) : Traced :=
  let finite := a.finite * b.finite
  let quantum := sumOfQuanta a.quantum b.quantum
  { value := a.value * b.value
    magnitude := match a.magnitude, b.magnitude with
      | .finite _, .finite _ => .finite finite
      | m, n => m * n
    finite
    depth := a.depth + b.depth + 1
    underflow := a.underflow * b.finite + b.underflow * a.finite + a.underflow * b.underflow + Dyadic.twoPow 0
    quantum
    floor := least quantum (least a.computedFloor b.computedFloor)
    peak := max finite (max a.computedPeak b.computedPeak) }

instance : Add Traced := ⟨Traced.add⟩
instance : Mul Traced := ⟨Traced.mul⟩
instance : Zero Traced := ⟨ofExt 0⟩

end Traced

end Conform
