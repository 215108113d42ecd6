import Conform.Soundness.OrderedRing

/-!
# The trace of a computation

What the error bound of a result is made of: its exact value, the sum of its absolute terms, how many roundings it can
have gone through, and what one underflow can have grown to. This is the finite part of `Conform.Traced` over any
ordered ring; the formulas are the same.

Main definitions: `Conform.Soundness.Trace`, `Conform.Soundness.Trace.input`, `Conform.Soundness.Trace.bound`.

Reference: N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd edition, §3.1.
-/

namespace Conform.Soundness

open Spec

/-- Exact value `v`, magnitude `m`, underflow weight `E` and depth `k` of a result. -/
structure Trace (K : Type) where
  value : K
  magnitude : K
  underflow : K
  depth : Nat

namespace Trace

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K]

/-- An input: exact, not rounded yet. -/
def input (x : K) : Trace K := ⟨x, abs x, 0, 0⟩

/-- A sum before it is rounded. -/
def exactAdd (a b : Trace K) : Trace K :=
  ⟨a.value + b.value, a.magnitude + b.magnitude, a.underflow + b.underflow, max a.depth b.depth⟩

/-- A product before it is rounded. -/
def exactMul (a b : Trace K) : Trace K :=
  ⟨a.value * b.value, a.magnitude * b.magnitude,
    a.underflow * b.magnitude + b.underflow * a.magnitude + a.underflow * b.underflow, a.depth + b.depth⟩

/-- One rounding: one more on the depth, one more possible underflow. -/
def round (a : Trace K) : Trace K := ⟨a.value, a.magnitude, a.underflow + 1, a.depth + 1⟩

instance : Add (Trace K) := ⟨fun a b => (exactAdd a b).round⟩
instance : Mul (Trace K) := ⟨fun a b => (exactMul a b).round⟩
instance : Zero (Trace K) := ⟨⟨0, 0, 0, 0⟩⟩

/-- `(1 + u) ^ k`: the most that `k` roundings of unit roundoff `u` can enlarge a number by. -/
def growth (u : K) (a : Trace K) : K := pow (1 + u) a.depth

/-- The bound on the error, `((1 + u) ^ k - 1) m + (1 + u) ^ k E η`, with unit roundoff `u` and the largest error
`η` of an underflow. -/
def bound (u η : K) (a : Trace K) : K :=
  (a.growth u - 1) * a.magnitude + a.growth u * a.underflow * η

omit [Sub K] [LE K] [Abs K] in
/-- Reading the exact value commutes with the arithmetic, so by `Spec.map_linearSpec` and its companions the value of
a traced run is the exact run. -/
theorem value_isHomomorphism : (∀ a b : Trace K, (a + b).value = a.value + b.value) ∧
    (∀ a b : Trace K, (a * b).value = a.value * b.value) ∧ (0 : Trace K).value = 0 :=
  ⟨fun _ _ => rfl, fun _ _ => rfl, rfl⟩

end Trace

end Conform.Soundness
