import Conform.Soundness.CompositeArithmetic

/-!
# Signs and the order in the ring

A number of opposite sign, a difference, an absolute value and the greater of two numbers keep the bound of sums and
products: none but the difference rounds, and each moves no more than its arguments do.

Main results: `Conform.Soundness.Approximates.neg`, `Conform.Soundness.Approximates.sub`,
`Conform.Soundness.Approximates.abs`, `Conform.Soundness.Approximates.max`, `Conform.Soundness.Approximates.min`.
-/

namespace Conform.Soundness

open Spec Spec.Laws Enclosure

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]

namespace Trace

/-- The number of opposite sign: no other component changes. -/
protected def neg (t : Trace K) : Trace K := { t with value := 0 - t.value }

/-- The absolute value. -/
protected def abs (t : Trace K) : Trace K := { t with value := abs t.value }

/-- The greater value, and the greatest of each other component. -/
protected def max (a b : Trace K) : Trace K :=
  ⟨Max.max a.value b.value, Max.max a.magnitude b.magnitude, Max.max a.underflow b.underflow, Max.max a.depth b.depth⟩

/-- As a trace beyond the ring, which inherits nothing. -/
def toComposite (t : Trace K) : Composite K where
  value := t.value
  magnitude := t.magnitude
  inherited := 0
  underflow := t.underflow
  terms := t.depth

end Trace

variable [OrderedFieldLaws K] {u η x y z : K} {a b t : Trace K}

/-- The relation of the ring is that beyond it, where nothing is inherited. -/
theorem isWithin_toComposite_iff : IsWithin u η x t.toComposite ↔ Approximates u η x t := by
  have same : t.toComposite.bound u η = t.bound u η := by
    rw [Composite.bound_eq]
    unfold Trace.bound
    show (pow (1 + u) t.depth - 1) * t.magnitude + pow (1 + u) t.depth * (0 + t.underflow * η) =
      (pow (1 + u) t.depth - 1) * t.magnitude + pow (1 + u) t.depth * t.underflow * η
    generalize pow (1 + u) t.depth = G
    ring_by [G, t.magnitude, t.underflow, η]
  exact ⟨fun h => ⟨same ▸ h.error, h.value_le, h.underflow_nonneg⟩, fun h =>
    ⟨same.symm ▸ h.error, h.value_le, le_refl 0, h.underflow_nonneg, fun s => (nomatch s), fun s => (nomatch s)⟩⟩

namespace Approximates

/-- The number of opposite sign. -/
theorem neg (h : Approximates u η x t) : Approximates u η (0 - x) t.neg :=
  have near := (isWithin_toComposite_iff.mpr h).neg
  (isWithin_toComposite_iff (t := t.neg)).mp ⟨near.error, near.value_le, near.inherited_nonneg, near.underflow_nonneg,
    fun s => (nomatch s), fun s => (nomatch s)⟩

/-- A rounded difference: the sum with the number of opposite sign. -/
theorem sub (hc : Constants u η) (ha : Approximates u η x a) (hb : Approximates u η y b)
    (hz : IsRounding u η (x - y) z) : Approximates u η z (a + b.neg) := by
  refine ha.add hc hb.neg ?_
  have e : x + (0 - y) = x - y := by ring_by [x, y]
  rwa [e]

/-- The absolute value. -/
theorem abs (h : Approximates u η x t) : Approximates u η (abs x) t.abs :=
  have near := (isWithin_toComposite_iff.mpr h).abs
  (isWithin_toComposite_iff (t := t.abs)).mp ⟨near.error, near.value_le, near.inherited_nonneg, near.underflow_nonneg,
    fun s => (nomatch s), fun s => (nomatch s)⟩

/-- The greater of two numbers. -/
theorem max (hc : Constants u η) (ha : Approximates u η x a) (hb : Approximates u η y b) :
    Approximates u η (Max.max x y) (a.max b) := by
  have near := (isWithin_toComposite_iff.mpr ha).max hc (isWithin_toComposite_iff.mpr hb)
  refine isWithin_toComposite_iff.mp (near.mono hc rfl (le_refl _) ?_ (le_refl _) (Nat.le_of_eq ?_)
    (fun s => (nomatch s)) fun s => (nomatch s))
  · exact le_of_eq (max_eq_left (le_refl (0 : K)))
  · show Max.max a.depth b.depth + Max.max 0 0 = Max.max a.depth b.depth + 0
    omega

/-- The lesser of two numbers, which is the greater of those of opposite signs. -/
theorem min (hc : Constants u η) (ha : Approximates u η x a) (hb : Approximates u η y b) :
    Approximates u η (0 - Max.max (0 - x) (0 - y)) (a.neg.max b.neg).neg :=
  (ha.neg.max hc hb.neg).neg

end Approximates

end Conform.Soundness
