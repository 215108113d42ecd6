import Conform.Soundness.Trace

/-!
# One operation keeps the bound

The logical relation between a rounded number and a trace, `|x̂ - v| ≤ ((1 + u)^k - 1) m + (1 + u)^k E η` and
`|v| ≤ m`, is kept by a rounded addition, a rounded multiplication and a fused multiply-add. Of a rounding it is
assumed only that its error is at most `u |x| + η`, with `u ≥ 0` and `0 ≤ η ≤ 1`; each operation may be rounded in
its own way.

Main definitions: `Conform.Soundness.IsRounding`, `Conform.Soundness.Approximates`.
Main results: `Conform.Soundness.Approximates.add`, `Conform.Soundness.Approximates.mul`,
`Conform.Soundness.Approximates.fused`, `Conform.Soundness.Approximates.output`.

Reference: N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd edition, §2.2 and §3.1.
-/

namespace Conform.Soundness

open Spec Spec.Laws

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K]

/-- `result` may be what `exact` is rounded to: `|result - exact| ≤ u |exact| + η`. -/
def IsRounding (u η exact result : K) : Prop := abs (result - exact) ≤ u * abs exact + η

/-- What is assumed of the two constants of a format. -/
structure Constants (u η : K) : Prop where
  u_nonneg : 0 ≤ u
  η_nonneg : 0 ≤ η
  η_le_one : η ≤ 1

/-- The number `x` is within the bound of the trace `t`. -/
structure Approximates (u η x : K) (t : Trace K) : Prop where
  error : abs (x - t.value) ≤ t.bound u η
  value_le : abs t.value ≤ t.magnitude
  underflow_nonneg : 0 ≤ t.underflow

variable [OrderedRingLaws K] {u η x y z : K} {a b c t : Trace K}

/-- One rounding does not shrink the bound. -/
theorem Constants.one_le (h : Constants u η) : 1 ≤ 1 + u := le_add_right 1 h.u_nonneg

/-- Nor do many. -/
theorem Constants.one_le_growth (h : Constants u η) (t : Trace K) : 1 ≤ t.growth u := one_le_pow h.one_le _

/-- The growth is not negative. -/
theorem Constants.growth_nonneg (h : Constants u η) (t : Trace K) : 0 ≤ t.growth u :=
  le_trans zero_le_one (h.one_le_growth t)

/-- The bound without a difference: `bound + m = (1 + u)^k (m + E η)`. -/
theorem Trace.bound_add_magnitude (t : Trace K) :
    t.bound u η + t.magnitude = t.growth u * (t.magnitude + t.underflow * η) := by
  have e : (t.growth u - 1) * t.magnitude + t.magnitude = t.growth u * t.magnitude := by
    have := add_mul (t.growth u - 1) 1 t.magnitude
    rw [sub_add_cancel, one_mul] at this
    exact this.symm
  unfold Trace.bound
  rw [mul_add, ← e, mul_assoc (t.growth u)]
  ac_rfl

namespace Approximates

/-- A magnitude is not negative. -/
theorem magnitude_nonneg (h : Approximates u η x t) : 0 ≤ t.magnitude := le_trans (abs_nonneg _) h.value_le

/-- The error and the magnitude together are at most `(1 + u)^k (m + E η)`. -/
theorem error_add (h : Approximates u η x t) :
    abs (x - t.value) + t.magnitude ≤ t.growth u * (t.magnitude + t.underflow * η) := by
  rw [← Trace.bound_add_magnitude]
  exact add_le_add h.error (le_refl _)

/-- The converse: this inequality, in which nothing is subtracted, is the bound. -/
theorem of_error_add (h : abs (x - t.value) + t.magnitude ≤ t.growth u * (t.magnitude + t.underflow * η))
    (hv : abs t.value ≤ t.magnitude) (hE : 0 ≤ t.underflow) : Approximates u η x t :=
  ⟨le_of_add_le_add_right (c := t.magnitude) (by rwa [Trace.bound_add_magnitude]), hv, hE⟩

/-- A computed number is no greater than its magnitude and its bound: as long as these two stay below the largest
finite number, nothing overflows. -/
theorem abs_le (h : Approximates u η x t) : abs x ≤ t.magnitude + t.bound u η := by
  rw [add_comm]
  exact le_trans (abs_le_abs_sub_add x t.value) (add_le_add h.error h.value_le)

/-- A deeper trace with a greater underflow weight has a greater bound. -/
theorem mono (hc : Constants u η) (h : Approximates u η x a) (value : a.value = b.value)
    (magnitude : a.magnitude = b.magnitude) (underflow : a.underflow ≤ b.underflow) (depth : a.depth ≤ b.depth) :
    Approximates u η x b := by
  have hE : 0 ≤ b.underflow := le_trans h.underflow_nonneg underflow
  refine of_error_add ?_ (value ▸ magnitude ▸ h.value_le) hE
  rw [← value, ← magnitude]
  refine le_trans h.error_add (mul_le_mul (pow_le_pow hc.one_le depth) ?_ (hc.growth_nonneg b) ?_)
  · exact add_le_add (le_refl _) (mul_le_mul_right underflow hc.η_nonneg)
  · exact add_nonneg h.magnitude_nonneg (mul_nonneg h.underflow_nonneg hc.η_nonneg)

/-- An input is its own approximation. -/
theorem input (x : K) : Approximates u η x (Trace.input x) := by
  refine of_error_add (t := Trace.input x) ?_ (le_refl _) (le_refl _)
  show abs (x - x) + abs x ≤ 1 * (abs x + 0 * η)
  rw [sub_self, OrderedRingLaws.abs_zero, zero_add, zero_mul, add_zero, one_mul]
  exact le_refl _

/-- Zero is its own approximation. -/
theorem zero : Approximates u η 0 (0 : Trace K) := by
  refine of_error_add (t := (0 : Trace K)) ?_ (le_of_eq OrderedRingLaws.abs_zero) (le_refl _)
  show abs ((0 : K) - 0) + 0 ≤ 1 * (0 + 0 * η)
  rw [sub_self, OrderedRingLaws.abs_zero, zero_mul, zero_add, mul_zero]
  exact le_refl _

/-- The exact sum of two approximations. -/
theorem exactAdd (hc : Constants u η) (ha : Approximates u η x a) (hb : Approximates u η y b) :
    Approximates u η (x + y) (a.exactAdd b) := by
  have ha' := ha.mono hc (b := ⟨a.value, a.magnitude, a.underflow, max a.depth b.depth⟩) rfl rfl (le_refl _)
    (Nat.le_max_left _ _)
  have hb' := hb.mono hc (b := ⟨b.value, b.magnitude, b.underflow, max a.depth b.depth⟩) rfl rfl (le_refl _)
    (Nat.le_max_right _ _)
  refine of_error_add ?_ ?_ (add_nonneg ha.underflow_nonneg hb.underflow_nonneg)
  · show abs (x + y - (a.value + b.value)) + (a.magnitude + b.magnitude) ≤
      pow (1 + u) (max a.depth b.depth) * (a.magnitude + b.magnitude + (a.underflow + b.underflow) * η)
    rw [add_sub_add, add_mul, add_add_add_comm a.magnitude, mul_add]
    refine le_trans (add_le_add (abs_add_le _ _) (le_refl _)) ?_
    rw [add_add_add_comm]
    exact add_le_add ha'.error_add hb'.error_add
  · exact le_trans (abs_add_le _ _) (add_le_add ha.value_le hb.value_le)

/-- `|x y - v w| + m n ≤ (|x - v| + m) (|y - w| + n)` where `|v| ≤ m` and `|w| ≤ n`. -/
theorem abs_mul_sub_mul {v w m n : K} (hv : abs v ≤ m) (hw : abs w ≤ n) :
    abs (x * y - v * w) + m * n ≤ (abs (x - v) + m) * (abs (y - w) + n) := by
  have e : x * y - v * w = (x - v) * (y - w) + (x - v) * w + v * (y - w) := by
    have h : x * y = (x - v) * (y - w) + (x - v) * w + v * (y - w) + v * w := by
      rw [← mul_add, sub_add_cancel, add_assoc, ← mul_add, sub_add_cancel, ← add_mul, sub_add_cancel]
    rw [h, add_sub_cancel_right]
  have split : (abs (x - v) + m) * (abs (y - w) + n) =
      abs (x - v) * abs (y - w) + abs (x - v) * n + m * abs (y - w) + m * n := by
    rw [add_mul, mul_add, mul_add]
    ac_rfl
  rw [e, split]
  refine add_le_add (le_trans (abs_add_le _ _) (add_le_add (le_trans (abs_add_le _ _) ?_) ?_)) (le_refl _)
  · rw [OrderedRingLaws.abs_mul, OrderedRingLaws.abs_mul]
    exact add_le_add (le_refl _) (mul_le_mul_left hw (abs_nonneg _))
  · rw [OrderedRingLaws.abs_mul]
    exact mul_le_mul_right hv (abs_nonneg _)

/-- The exact product of two approximations. -/
theorem exactMul (hc : Constants u η) (ha : Approximates u η x a) (hb : Approximates u η y b) :
    Approximates u η (x * y) (a.exactMul b) := by
  have hm := ha.magnitude_nonneg
  have hn := hb.magnitude_nonneg
  have hEF := mul_nonneg ha.underflow_nonneg hb.underflow_nonneg
  refine of_error_add ?_ ?_ ?_
  · show abs (x * y - a.value * b.value) + a.magnitude * b.magnitude ≤
      pow (1 + u) (a.depth + b.depth) * (a.magnitude * b.magnitude +
        (a.underflow * b.magnitude + b.underflow * a.magnitude + a.underflow * b.underflow) * η)
    refine le_trans (abs_mul_sub_mul ha.value_le hb.value_le) ?_
    refine le_trans (mul_le_mul ha.error_add hb.error_add ?_ ?_) ?_
    · exact mul_nonneg (hc.growth_nonneg a) (add_nonneg hm (mul_nonneg ha.underflow_nonneg hc.η_nonneg))
    · exact add_nonneg (abs_nonneg _) hn
    have regroup : a.growth u * (a.magnitude + a.underflow * η) * (b.growth u * (b.magnitude + b.underflow * η)) =
        a.growth u * b.growth u * ((a.magnitude + a.underflow * η) * (b.magnitude + b.underflow * η)) := by ac_rfl
    rw [regroup, pow_add]
    refine mul_le_mul_left ?_ (mul_nonneg (hc.growth_nonneg a) (hc.growth_nonneg b))
    have expand : (a.magnitude + a.underflow * η) * (b.magnitude + b.underflow * η) =
        a.magnitude * b.magnitude + (a.underflow * b.magnitude * η + b.underflow * a.magnitude * η
          + a.underflow * b.underflow * η * η) := by
      rw [add_mul, mul_add, mul_add]
      ac_rfl
    rw [expand, add_mul, add_mul]
    refine add_le_add (le_refl _) (add_le_add (le_refl _) ?_)
    have := mul_le_mul_left hc.η_le_one (mul_nonneg hEF hc.η_nonneg)
    rwa [mul_one] at this
  · show abs (a.value * b.value) ≤ _
    rw [OrderedRingLaws.abs_mul]
    exact mul_le_mul ha.value_le hb.value_le hm (abs_nonneg _)
  · exact add_nonneg (add_nonneg (mul_nonneg ha.underflow_nonneg hn) (mul_nonneg hb.underflow_nonneg hm)) hEF

/-- Rounding an approximation: the relative error grows by the factor `1 + u`, and one underflow is added. -/
theorem round (hc : Constants u η) (h : Approximates u η x t) (hz : IsRounding u η x z) :
    Approximates u η z t.round := by
  have hS := h.error_add
  have near : abs x ≤ t.growth u * (t.magnitude + t.underflow * η) := by
    rw [← Trace.bound_add_magnitude, add_comm]
    exact h.abs_le
  refine of_error_add ?_ h.value_le (le_trans h.underflow_nonneg (le_add_right _ zero_le_one))
  show abs (z - t.value) + t.magnitude ≤ t.growth u * (1 + u) * (t.magnitude + (t.underflow + 1) * η)
  have split : t.growth u * (1 + u) * (t.magnitude + (t.underflow + 1) * η) =
      u * (t.growth u * (t.magnitude + t.underflow * η)) + t.growth u * (1 + u) * η
        + t.growth u * (t.magnitude + t.underflow * η) := by
    have e₁ : t.magnitude + (t.underflow + 1) * η = t.magnitude + t.underflow * η + η := by
      rw [add_mul, one_mul, add_assoc]
    have e₂ : t.growth u * (1 + u) * (t.magnitude + t.underflow * η) =
        t.growth u * (t.magnitude + t.underflow * η) + u * (t.growth u * (t.magnitude + t.underflow * η)) := by
      rw [mul_add (t.growth u), mul_one, add_mul, mul_comm (t.growth u) u, mul_assoc]
    rw [e₁, mul_add, e₂]
    ac_rfl
  rw [split]
  refine le_trans (add_le_add (abs_sub_le z x t.value) (le_refl _)) ?_
  rw [add_assoc]
  refine add_le_add (le_trans hz (add_le_add (mul_le_mul_left near hc.u_nonneg) ?_)) hS
  exact le_mul_left hc.η_nonneg (one_le_pow hc.one_le (t.depth + 1))

/-- A rounded addition keeps the bound. -/
theorem add (hc : Constants u η) (ha : Approximates u η x a) (hb : Approximates u η y b)
    (hz : IsRounding u η (x + y) z) : Approximates u η z (a + b) :=
  (ha.exactAdd hc hb).round hc hz

/-- A rounded multiplication keeps the bound. -/
theorem mul (hc : Constants u η) (ha : Approximates u η x a) (hb : Approximates u η y b)
    (hz : IsRounding u η (x * y) z) : Approximates u η z (a * b) :=
  (ha.exactMul hc hb).round hc hz

/-- A product that is not rounded, as in a fused multiply-add or a wider register, is within the bound of the rounded
one. -/
theorem unroundedMul (hc : Constants u η) (ha : Approximates u η x a) (hb : Approximates u η y b) :
    Approximates u η (x * y) (a * b) :=
  (ha.exactMul hc hb).mono hc rfl rfl (le_add_right _ zero_le_one) (Nat.le_succ _)

/-- A fused multiply-add, rounded once, is within the bound of a product and a sum, rounded twice. -/
theorem fused {w : K} (hc : Constants u η) (ha : Approximates u η x a) (hb : Approximates u η y b)
    (hw : Approximates u η w c) (hz : IsRounding u η (x * y + w) z) : Approximates u η z (a * b + c) :=
  (ha.unroundedMul hc hb).add hc hw hz

/-- A sum accumulated in one format and rounded once to another, of constants `u'` and `η'`: the bound grows by
`u' (|v| + bound) + η'`. -/
theorem output {u' η' : K} (hu : 0 ≤ u') (h : Approximates u η x t) (hz : IsRounding u' η' x z) :
    abs (z - t.value) ≤ t.bound u η + (u' * (abs t.value + t.bound u η) + η') := by
  have near : abs x ≤ abs t.value + t.bound u η := by
    rw [add_comm]
    exact le_trans (abs_le_abs_sub_add x t.value) (add_le_add h.error (le_refl _))
  rw [add_comm]
  refine le_trans (abs_sub_le z x t.value) (add_le_add ?_ h.error)
  exact le_trans hz (add_le_add (mul_le_mul_left near hu) (le_refl _))

end Approximates

end Conform.Soundness
