import Conform.Soundness.Accuracy

/-!
# The trace of a computation with functions in it

A function ends one sum of products and starts the next, which inherits an error: how far the function's value can be
off because its argument was. This is what `Conform.Beyond` keeps of a number where nothing overflows, over any ordered
field; the formulas are the same, and the value is the exact one.

Main definitions: `Conform.Soundness.Composite`, `Conform.Soundness.Composite.bound`, `Conform.Soundness.IsWithin`.
Main results: `Conform.Soundness.IsWithin.printed`, `Conform.Soundness.IsWithin.output`,
`Conform.Soundness.IsWithin.mono`.

Reference: N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd edition, §3.1 and §3.8.
-/

namespace Conform.Soundness

open Spec Spec.Laws Enclosure

/-- Exact value `v`, magnitude `m`, inherited error `e`, underflow weight `E`; the depth is `terms + additions`, since a
sum of sums may be taken in any association. -/
structure Composite (K : Type) where
  value : K
  magnitude : K
  inherited : K
  underflow : K
  terms : Nat := 0
  additions : Nat := 0
  /-- No term is negative, as it is computed. -/
  nonneg : Bool := false
  /-- No term is positive, as it is computed. -/
  nonpos : Bool := false

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]

namespace Composite

/-- The number of roundings on the longest path. -/
def depth (t : Composite K) : Nat := t.terms + t.additions

/-- `(1 + u) ^ k`. -/
def growth (u : K) (t : Composite K) : K := pow (1 + u) t.depth

/-- The bound on the error, `(1 + u) ^ k (m + e) - m + (1 + u) ^ k E η`. -/
def bound (u η : K) (t : Composite K) : K :=
  t.growth u * (t.magnitude + t.inherited) - t.magnitude + t.growth u * t.underflow * η

/-- `m + e + E η`, which `(1 + u) ^ k` enlarges. -/
def size (η : K) (t : Composite K) : K := t.magnitude + t.inherited + t.underflow * η

/-- An input. -/
def input (x : K) (nonneg nonpos : Bool) : Composite K where
  value := x
  magnitude := abs x
  inherited := 0
  underflow := 0
  nonneg
  nonpos

/-- The sum, traced. -/
protected def add (a b : Composite K) : Composite K where
  value := a.value + b.value
  magnitude := a.magnitude + b.magnitude
  inherited := a.inherited + b.inherited
  underflow := a.underflow + b.underflow + 1
  terms := max a.terms b.terms
  additions := a.additions + b.additions + 1
  nonneg := a.nonneg && b.nonneg
  nonpos := a.nonpos && b.nonpos

/-- The number of opposite sign, traced: no component changes. -/
protected def neg (a : Composite K) : Composite K :=
  { a with value := 0 - a.value, nonneg := a.nonpos, nonpos := a.nonneg }

/-- The product, traced. -/
protected def mul (a b : Composite K) : Composite K where
  value := a.value * b.value
  magnitude := a.magnitude * b.magnitude
  inherited := a.magnitude * b.inherited + a.inherited * b.magnitude + a.inherited * b.inherited
  underflow := a.underflow * (b.magnitude + b.inherited) + b.underflow * (a.magnitude + a.inherited) +
    a.underflow * b.underflow + 1
  terms := a.depth + b.depth + 1
  nonneg := (a.nonneg && b.nonneg) || (a.nonpos && b.nonpos)
  nonpos := (a.nonneg && b.nonpos) || (a.nonpos && b.nonneg)

/-- The absolute value, traced: it does not round, and is 1-Lipschitz. -/
protected def abs (a : Composite K) : Composite K :=
  { a with value := abs a.value, nonneg := true, nonpos := a.nonneg && a.nonpos }

/-- The greatest of each component, with one value or another. -/
def both (value : K) (a b : Composite K) : Composite K where
  value
  magnitude := max a.magnitude b.magnitude
  inherited := max a.inherited b.inherited
  underflow := max a.underflow b.underflow
  terms := max a.terms b.terms
  additions := max a.additions b.additions
  nonneg := a.nonneg && b.nonneg
  nonpos := a.nonpos && b.nonpos

/-- A function's value, computed with `c` roundings and `E` underflows of an argument that is off: it inherits how far
the value can be off by that. -/
def result (value inherited : K) (c E : Nat) (nonneg nonpos : Bool) : Composite K where
  value
  magnitude := abs value
  inherited
  underflow := ofInt E
  terms := c
  nonneg
  nonpos

/-- No operation has been done, and no argument was off. -/
structure IsExact (t : Composite K) : Prop where
  depth : t.depth = 0
  inherited : t.inherited = 0
  underflow : t.underflow = 0

end Composite

/-- The relation between a computed number and its trace: the number is within the bound of the exact value, which is
within the magnitude. -/
structure IsWithin (u η x : K) (t : Composite K) : Prop where
  error : abs (x - t.value) ≤ t.bound u η
  value_le : abs t.value ≤ t.magnitude
  inherited_nonneg : 0 ≤ t.inherited
  underflow_nonneg : 0 ≤ t.underflow
  nonneg : t.nonneg = true → 0 ≤ x ∧ 0 ≤ t.value
  nonpos : t.nonpos = true → x ≤ 0 ∧ t.value ≤ 0

theorem both_true {p q : Bool} (h : (p && q) = true) : p = true ∧ q = true := by simpa using h

theorem one_true {p q : Bool} (h : (p || q) = true) : p = true ∨ q = true := by simpa using h

variable [OrderedFieldLaws K] {u η x y z d : K} {a b c t : Composite K}

namespace Composite

theorem growth_nonneg (hc : Constants u η) (t : Composite K) : 0 ≤ t.growth u :=
  le_trans zero_le_one (one_le_pow hc.one_le _)

/-- The bound without a difference: `bound + m = (1 + u) ^ k (m + e + E η)`. -/
theorem bound_add_magnitude (t : Composite K) : t.bound u η + t.magnitude = t.growth u * t.size η := by
  unfold bound size
  ring_by [t.growth u, t.magnitude, t.inherited, t.underflow, η]

/-- The bound as a sum of what roundings of the terms and all else amount to. -/
theorem bound_eq (t : Composite K) :
    t.bound u η = (t.growth u - 1) * t.magnitude + t.growth u * (t.inherited + t.underflow * η) := by
  unfold bound
  ring_by [t.growth u, t.magnitude, t.inherited, t.underflow, η]

/-- Greater components give a greater bound. -/
theorem bound_le (hc : Constants u η) (m : 0 ≤ a.magnitude) (e : 0 ≤ a.inherited) (E : 0 ≤ a.underflow)
    (magnitude : a.magnitude ≤ b.magnitude) (inherited : a.inherited ≤ b.inherited)
    (underflow : a.underflow ≤ b.underflow) (depth : a.depth ≤ b.depth) : a.bound u η ≤ b.bound u η := by
  have grows : a.growth u ≤ b.growth u := pow_le_pow hc.one_le depth
  rw [bound_eq, bound_eq]
  refine add_le_add (mul_le_mul (sub_le_sub grows (le_refl 1)) magnitude ?_ m)
    (mul_le_mul grows (add_le_add inherited (mul_le_mul_right underflow hc.η_nonneg)) (growth_nonneg hc b) ?_)
  · exact sub_nonneg (one_le_pow hc.one_le _)
  · exact add_nonneg e (mul_nonneg E hc.η_nonneg)

end Composite

namespace IsWithin

theorem magnitude_nonneg (h : IsWithin u η x t) : 0 ≤ t.magnitude := le_trans (abs_nonneg _) h.value_le

theorem size_nonneg (hc : Constants u η) (h : IsWithin u η x t) : 0 ≤ t.size η :=
  add_nonneg (add_nonneg h.magnitude_nonneg h.inherited_nonneg) (mul_nonneg h.underflow_nonneg hc.η_nonneg)

theorem bound_nonneg (h : IsWithin u η x t) : 0 ≤ t.bound u η := le_trans (abs_nonneg _) h.error

/-- The error and the magnitude together are at most `(1 + u) ^ k (m + e + E η)`. -/
theorem error_add (h : IsWithin u η x t) : abs (x - t.value) + t.magnitude ≤ t.growth u * t.size η := by
  rw [← Composite.bound_add_magnitude]
  exact add_le_add h.error (le_refl _)

/-- This inequality is the bound. -/
theorem error_of_add (h : abs (x - t.value) + t.magnitude ≤ t.growth u * t.size η) :
    abs (x - t.value) ≤ t.bound u η :=
  le_of_add_le_add_right (c := t.magnitude) (by rwa [Composite.bound_add_magnitude])

theorem abs_le (h : IsWithin u η x t) : abs x ≤ t.growth u * t.size η := by
  rw [← Composite.bound_add_magnitude]
  exact le_trans (abs_le_abs_sub_add x t.value) (add_le_add h.error h.value_le)

/-- What is printed is a midpoint; the exact value is at most a radius away from it. -/
theorem printed {mid radius : K} (h : IsWithin u η x t) (hv : abs (t.value - mid) ≤ radius) :
    abs (x - mid) ≤ t.bound u η + radius :=
  le_trans (abs_sub_le x t.value mid) (add_le_add h.error hv)

/-- A sum accumulated in one format and rounded once to another, of constants `u'` and `η'`. -/
theorem output {u' η' : K} (hu : 0 ≤ u') (h : IsWithin u η x t) (hz : IsRounding u' η' x z) :
    abs (z - t.value) ≤ t.bound u η + (u' * (abs t.value + t.bound u η) + η') := by
  have near : abs x ≤ abs t.value + t.bound u η := by
    rw [add_comm]
    exact le_trans (abs_le_abs_sub_add x t.value) (add_le_add h.error (le_refl _))
  rw [add_comm]
  exact le_trans (abs_sub_le z x t.value)
    (add_le_add (le_trans hz (add_le_add (mul_le_mul_left near hu) (le_refl _))) h.error)

/-- A trace of greater components allows more. -/
theorem mono (hc : Constants u η) (h : IsWithin u η x a) (value : a.value = b.value)
    (magnitude : a.magnitude ≤ b.magnitude) (inherited : a.inherited ≤ b.inherited)
    (underflow : a.underflow ≤ b.underflow) (depth : a.depth ≤ b.depth) (nonneg : b.nonneg = true → a.nonneg = true)
    (nonpos : b.nonpos = true → a.nonpos = true) : IsWithin u η x b where
  error := by
    rw [← value]
    exact le_trans h.error (Composite.bound_le hc h.magnitude_nonneg h.inherited_nonneg h.underflow_nonneg magnitude
      inherited underflow depth)
  value_le := value ▸ le_trans h.value_le magnitude
  inherited_nonneg := le_trans h.inherited_nonneg inherited
  underflow_nonneg := le_trans h.underflow_nonneg underflow
  nonneg s := value ▸ h.nonneg (nonneg s)
  nonpos s := value ▸ h.nonpos (nonpos s)

end IsWithin

end Conform.Soundness
