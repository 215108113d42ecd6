import Conform.Soundness.Binary
import Conform.Traced

/-!
# The grid that the terms of a computation lie on

What decides whether a computation is exact: a power of two that all terms are multiples of, the sum of their absolute
values, and the extremes of both over everything that is computed on the way. This is the finite part of
`Conform.Traced` over any ordered ring with powers of two; the formulas are the same.

Main definitions: `Conform.Soundness.Grid`, `Conform.Soundness.Grid.Fits`.
-/

namespace Conform.Soundness

open Traced (least sumOfQuanta)

/-- Value, magnitude, depth, quantum, floor and peak of a result. -/
structure Grid (K : Type) where
  value : K
  magnitude : K
  depth : Nat
  quantum : Option Int
  floor : Option Int
  peak : K

namespace Grid

variable {K : Type} [Add K] [Mul K] [Zero K] [Max K]

/-- The floor of a factor, where it was computed. -/
def computedFloor (a : Grid K) : Option Int := if a.depth = 0 then none else a.floor

/-- The peak of a factor, where it was computed. -/
def computedPeak (a : Grid K) : K := if a.depth = 0 then 0 else a.peak

instance : Add (Grid K) where
  add a b :=
    { value := a.value + b.value
      magnitude := a.magnitude + b.magnitude
      depth := max a.depth b.depth + 1
      quantum := least a.quantum b.quantum
      floor := least a.floor b.floor
      peak := max (a.magnitude + b.magnitude) (max a.peak b.peak) }

instance : Mul (Grid K) where
  mul a b :=
    { value := a.value * b.value
      magnitude := a.magnitude * b.magnitude
      depth := a.depth + b.depth + 1
      quantum := sumOfQuanta a.quantum b.quantum
      floor := least (sumOfQuanta a.quantum b.quantum) (least a.computedFloor b.computedFloor)
      peak := max (a.magnitude * b.magnitude) (max a.computedPeak b.computedPeak) }

instance : Zero (Grid K) := ⟨⟨0, 0, 0, none, none, 0⟩⟩

/-- An input `x` with the quantum `q`. -/
def input [Abs K] (x : K) (q : Option Int) : Grid K := ⟨x, abs x, 0, q, q, abs x⟩

/-- The condition of the exact tier: `m ≤ 2 ^ (p + q)`, `floor ≥ emin` and `peak ≤ largest`. -/
structure Fits [Binary K] [LE K] (F : Format K) (g : Grid K) : Prop where
  magnitude : ∀ q, g.quantum = some q → g.magnitude ≤ twoPow ((F.precision : Int) + q)
  floor : ∀ q, g.floor = some q → F.emin ≤ q
  peak : g.peak ≤ F.largest

end Grid

/-- `q` is a quantum of the input `x`: a nonzero `x` is a multiple of `2 ^ q`, and only a zero has none. -/
structure IsQuantum {K : Type} [Mul K] [Zero K] [LE K] [Abs K] [Binary K] (x : K) (q : Option Int) : Prop where
  multiple : ∀ e, q = some e → IsMultiple e x ∧ twoPow e ≤ abs x
  zero : q = none → x = 0

end Conform.Soundness
