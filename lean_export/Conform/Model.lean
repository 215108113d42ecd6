import Conform.Enclosure.Image
import Conform.Format
import Conform.Functions

/-!
# Models of arithmetic

What the error of a computed number depends on beside the definition: the format that partial results are kept in, whether
subnormal results are flushed, and how accurate functions are.

Main definitions: `Conform.Model`, `Conform.Setting`, `Conform.Setting.of`, `Conform.growth`.
-/

namespace Conform

/-- Arithmetic in a format: every operation rounds to nearest, and what is below the normal range is rounded to
subnormal numbers or, where they are flushed, to zero. -/
structure Model where
  name : String
  format : Format
  flush : Bool := false
  deriving DecidableEq, Repr, Inhabited

namespace Model

/-- The unit roundoff `2 ^ -p`. -/
def unitRoundoff (m : Model) : Dyadic := .twoPow (-m.format.precision)

/-- The most that one operation may lose to underflow. -/
def underflowUnit (m : Model) : Dyadic :=
  .twoPow (if m.flush then m.format.minNormalExponent else m.format.minExponent)

end Model

/-- All that a reading beyond the ring depends on. Where rounding could decide a comparison either way, `tie` decides
it: what differs between both settings of it is undecided. -/
structure Setting where
  table : FunctionTable
  models : List Model
  tie : Bool := false
  deriving DecidableEq, Repr, Inhabited

/-- What the name of a model ends in where subnormal results are flushed. -/
def flushed : String := "-flush"

/-- The setting of a format: the format itself and the wider ones that backends use, each with subnormal numbers kept
and flushed. -/
def Setting.of (table : FunctionTable) (format : Format) : Setting where
  table
  models := (format.models.filterMap fun name => Format.all.find? (·.name = name)).flatMap fun f =>
    [{ name := f.name, format := f }, { name := f.name ++ flushed, format := f, flush := true }]

/-- Bits that bounds are rounded up to on the way. -/
def workingBits : Nat := 40

/-- `(1 + g) ^ k - 1` from above, by squaring. -/
def growthBySquaring (g : Dyadic) : Nat → Nat → Dyadic
  | 0, _ => 0
  | _, 0 => 0
  | fuel + 1, k =>
    let h := growthBySquaring g fuel (k / 2)
    let square := (h + h + h * h).roundUp workingBits
    if k % 2 = 0 then square else (square + g + square * g).roundUp workingBits

/-- `(1 + u) ^ k - 1` from above, for `u = 2 ^ -p`. -/
def growth (precision k : Nat) : Dyadic := growthBySquaring (.twoPow (-precision)) (k + 1).log2.succ k

end Conform
