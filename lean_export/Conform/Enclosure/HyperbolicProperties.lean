import Conform.Enclosure.HyperbolicParts

/-!
# The enclosures of hyperbolic functions

Main results: `Conform.Enclosure.holds_sinhInterval`, `Conform.Enclosure.holds_coshInterval`,
`Conform.Enclosure.holds_tanhInterval`.
-/

namespace Conform.Enclosure

open Soundness Spec Spec.Laws

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]
variable [OrderedFieldLaws K] {exp sinh cosh tanh : K → K} {x s : K}

/-- Bounds of `exp x` and `exp (-x)` for `0 ≤ x ≤ 1 / 2`. -/
theorem exp_bounds (hexp : IsExp exp) (hx : 0 ≤ x) (half : x + x ≤ 1) :
    exp x ≤ 1 + x + (x * x + x * x) ∧ exp (0 - x) ≤ 1 - x + x * x := by
  have square := mul_nonneg hx hx
  refine ⟨le_of_mul_le_mul_left (le_trans (hexp.one_sub_mul_le x) ?_) ?_,
    le_of_mul_le_mul_left (le_trans (le_of_eq ?_) (le_trans (hexp.one_sub_mul_le (0 - x)) ?_))
      (positive_one.of_le (le_add_right 1 hx))⟩
  · exact le_of_eq_add (mul_nonneg square (sub_nonneg half)) (by ring_by [x])
  · refine (positive_one.of_le ?_).of_add_self
    exact le_of_eq_add (sub_nonneg half) (by ring_by [x])
  · generalize exp (0 - x) = f
    ring_by [x, f]
  · exact le_of_eq_add (mul_nonneg square hx) (by ring_by [x])

/-- The difference of `exp x` and `exp (-x)` is nearly `2 x` for tiny `x`. -/
theorem sub_bounds (hexp : IsExp exp) (hx : 0 ≤ x) (small : x + x ≤ s) (hs : s ≤ 1) :
    x + x - x * x ≤ exp x - exp (0 - x) ∧ exp x - exp (0 - x) ≤ x + x + (x * x + x * x) := by
  obtain ⟨he, hf⟩ := exp_bounds hexp hx (le_trans small hs)
  refine ⟨le_trans (le_of_eq ?_) (sub_le_sub (hexp.one_add_le x) hf),
    le_trans (sub_le_sub he (hexp.one_add_le (0 - x))) (le_of_eq ?_)⟩
  · ring_by [x]
  · ring_by [x]

theorem IsSinh.odd (h : IsSinh exp sinh) (x : K) : sinh (0 - x) = 0 - sinh x := by
  have e : 0 - (0 - x) = x := by ring_by [x]
  rw [h, h, e]
  generalize exp (0 - x) = f
  ring_by [(twoPow (-1) : K), exp x, f]

/-- `sinh` is nearly its argument near zero. -/
theorem IsSinh.tiny (hexp : IsExp exp) (h : IsSinh exp sinh) (hx : 0 ≤ x) (small : x + x ≤ s) (hs : s ≤ 1) :
    x - x * s ≤ sinh x ∧ sinh x ≤ x + x * s := by
  obtain ⟨low, high⟩ := sub_bounds hexp hx small hs
  have part := mul_nonneg hx (sub_nonneg small)
  have square := mul_nonneg hx hx
  rw [h, ← half_add_half (x - x * s), ← half_add_half (x + x * s), ← mul_add, ← mul_add]
  refine ⟨half_le_half (le_trans ?_ low), half_le_half (le_trans high ?_)⟩
  · refine le_of_eq_add (add_nonneg (add_nonneg part part) (add_nonneg square (add_nonneg square square))) ?_
    ring_by [x, s]
  · refine le_of_eq_add (add_nonneg (add_nonneg part part) (add_nonneg square square)) ?_
    ring_by [x, s]

/-- The interval of a hyperbolic sine holds it. -/
theorem holds_sinhInterval (hexp : IsExp exp) (h : IsSinh exp sinh) (y : Dyadic) :
    Holds (sinhInterval y) (sinh (toRing K y)) := by
  refine holds_oddInterval h.odd (fun x s hx small hs => h.tiny hexp hx small hs) (fun z _ => ?_) y
  rw [h]
  exact holds_sinhOfExp (hexp.positive _) (hexp.mul_neg _) (expLower_nonneg z) (expLower_le hexp z) (le_expUpper hexp z)

theorem IsCosh.even (h : IsCosh exp cosh) (x : K) : cosh (0 - x) = cosh x := by
  have e : 0 - (0 - x) = x := by ring_by [x]
  rw [h, h, e, add_comm]

/-- The interval of a hyperbolic cosine holds it. -/
theorem holds_coshInterval (hexp : IsExp exp) (h : IsCosh exp cosh) (y : Dyadic) :
    Holds (coshInterval y) (cosh (toRing K y)) := by
  unfold coshInterval
  split
  · next zero =>
    have e : cosh (toRing K y) = toRing K (.twoPow 0) := by
      rw [toRing_isZero zero, h, sub_self, hexp.zero, toRing_one, mul_add, mul_one, twoPow_neg_one_add]
    rw [e]
    exact holds_point _
  · have e : cosh (toRing K y) = cosh (toRing K y.abs) := by
      by_cases s : y.isNegative = true
      · rw [toRing_abs_of_neg s, h.even]
      · rw [toRing_abs_of_nonneg s]
    rw [e, h]
    exact holds_coshOfExp (hexp.positive _) (hexp.mul_neg _) (expLower_nonneg _) (expLower_le hexp _)
      (le_expUpper hexp _)

/-- The denominator of `tanh` is positive. -/
theorem denominator_positive (hexp : IsExp exp) (x : K) : Positive (exp x + exp (0 - x)) :=
  (hexp.positive x).of_le (le_add_right _ (hexp.nonneg _))

theorem IsTanh.odd (hexp : IsExp exp) (h : IsTanh exp tanh) (x : K) : tanh (0 - x) = 0 - tanh x := by
  have e : 0 - (0 - x) = x := by ring_by [x]
  have a := h (0 - x)
  have b := h x
  rw [e, add_comm (exp (0 - x))] at a
  have p := denominator_positive hexp x
  generalize exp (0 - x) = f at a b p
  have same : tanh (0 - x) * (exp x + f) = (0 - tanh x) * (exp x + f) := by
    have : (0 - tanh x) * (exp x + f) = 0 - tanh x * (exp x + f) := by ring_by [tanh x, exp x, f]
    rw [a, this, b]
    ring_by [exp x, f]
  exact le_antisymm (le_of_mul_le_mul_right (le_of_eq same) p) (le_of_mul_le_mul_right (le_of_eq same.symm) p)

/-- `tanh` is nearly its argument near zero. -/
theorem IsTanh.tiny (hexp : IsExp exp) (h : IsTanh exp tanh) (hx : 0 ≤ x) (small : x + x ≤ s) (hs : s ≤ 1) :
    x - x * s ≤ tanh x ∧ tanh x ≤ x + x * s := by
  obtain ⟨low, high⟩ := sub_bounds hexp hx small hs
  obtain ⟨he, hf⟩ := exp_bounds hexp hx (le_trans small hs)
  have sum_low : ofInt 2 ≤ exp x + exp (0 - x) :=
    le_trans (le_of_eq (by ring_by [x])) (add_le_add (hexp.one_add_le x) (hexp.one_add_le (0 - x)))
  have sum_high := add_le_add he hf
  have square := mul_nonneg hx hx
  have part := mul_nonneg hx (sub_nonneg small)
  have hs' : 0 ≤ s := le_trans (add_nonneg hx hx) small
  have one : x ≤ 1 := le_trans (le_add_right x hx) (le_trans small hs)
  have positive := denominator_positive hexp x
  refine ⟨le_of_mul_le_mul_right ?_ positive, le_of_mul_le_mul_right ?_ positive⟩
  · rw [h]
    have factor : 0 ≤ x - x * s := le_of_eq_add (mul_nonneg hx (sub_nonneg hs)) (by ring_by [x, s])
    refine le_trans (mul_le_mul_left sum_high factor) (le_trans ?_ low)
    have rest := mul_nonneg square (sub_nonneg one)
    have cube := mul_nonneg (mul_nonneg square hx) hs'
    have three : (0 : K) ≤ ofInt 3 := ofInt_nonneg (by decide)
    refine le_of_eq_add (add_nonneg (add_nonneg part part) (mul_nonneg three (add_nonneg rest cube))) ?_
    ring_by [x, s]
  · rw [h]
    have factor : 0 ≤ x + x * s := add_nonneg hx (mul_nonneg hx hs')
    refine le_trans high (le_trans ?_ (mul_le_mul_left sum_low factor))
    refine le_of_eq_add (add_nonneg (add_nonneg part part) (add_nonneg square square)) ?_
    ring_by [x, s]

/-- `tanh x = 1 - 2 / (exp (2 x) + 1)`. -/
theorem IsTanh.eq (hexp : IsExp exp) (h : IsTanh exp tanh) (x : K) : (1 - tanh x) * (exp (x + x) + 1) = ofInt 2 := by
  have inverse := hexp.mul_neg x
  have quotient := h x
  rw [hexp.add]
  generalize exp (0 - x) = f at inverse quotient
  generalize exp x = e at inverse quotient
  generalize tanh x = t at quotient
  have a : (1 - t) * (e * e + e * f) = e * (e + f - t * (e + f)) := by ring_by [t, e, f]
  have b : e * (e + f - (e - f)) = ofInt 2 * (e * f) := by ring_by [e, f]
  rw [inverse] at a b
  rw [a, quotient, b, mul_one]

/-- The interval of a hyperbolic tangent holds it. -/
theorem holds_tanhInterval (hexp : IsExp exp) (h : IsTanh exp tanh) (y : Dyadic) :
    Holds (tanhInterval y) (tanh (toRing K y)) := by
  refine holds_oddInterval (h.odd hexp) (fun x s hx small hs => h.tiny hexp hx small hs) (fun z hz => ?_) y
  have two : ∀ a : K, a * twoPow 1 = a + a := fun a => by
    have e : (twoPow 1 : K) = ofInt 2 := BinaryLaws.twoPow_natCast 1
    rw [e]
    ring_by [a]
  have formula := h.eq hexp (toRing K z)
  dsimp only
  split
  · have double : toRing K (z * .twoPow 1) = toRing K z + toRing K z := by
      rw [toRing_mul, toRing_twoPow, two]
    rw [← double] at formula
    exact holds_tanhOfExp (hexp.positive _) formula (expLower_nonneg _) (expLower_le hexp _) (le_expUpper hexp _)
  · next large =>
    have nonneg : ¬z.isNegative = true := fun s => hz (toRing_nonpos s)
    have nonzero : ¬z.isZero = true := fun s => hz.ne_zero (toRing_isZero s)
    have big := twoPow_le_of_leadingExponent (K := K) (show tanhExponent ≤ z.leadingExponent by omega) nonzero
    rw [toRing_abs_of_nonneg nonneg] at big
    have double : toRing K (.twoPow (tanhExponent + 1)) ≤ toRing K z + toRing K z := by
      rw [toRing_twoPow, BinaryLaws.twoPow_add, two]
      exact add_le_add big big
    exact holds_tanhOfExp (hexp.positive _) formula (expLower_nonneg _)
      (le_trans (expLower_le hexp _) (hexp.mono double)) rfl

end Conform.Enclosure
