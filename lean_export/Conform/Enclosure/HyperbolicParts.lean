import Conform.Enclosure.Hyperbolic
import Conform.Enclosure.LogProperties

/-!
# Hyperbolic functions from the exponential function

With `e = exp x` and `f = exp (-x)`, of which each is the inverse of the other one: the formulas, and odd functions that
near zero are nearly their argument.

Main results: `Conform.Enclosure.holds_sinhOfExp`, `Conform.Enclosure.holds_coshOfExp`,
`Conform.Enclosure.holds_tanhOfExp`, `Conform.Enclosure.holds_oddInterval`.
-/

namespace Conform.Enclosure

open Soundness Spec Spec.Laws

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]
variable [OrderedFieldLaws K] {exp : K → K} {e f x t : K} {l : Dyadic} {u : Endpoint}

/-- Halves compare as the numbers. -/
theorem half_le_half (h : e ≤ f) : twoPow (-1) * e ≤ twoPow (-1) * f := mul_le_mul_left h (BinaryLaws.twoPow_nonneg _)

/-- The inverse from below. -/
theorem inverseDown_le (he : Positive e) (hf : e * f = 1) (hu : Above u e) : toRing K (inverseDown u) ≤ f := by
  have nonneg : 0 ≤ f := nonneg_of_mul (by rw [mul_comm, hf]; exact zero_le_one) he
  unfold inverseDown
  split
  · next d =>
    split
    · rw [toRing_zero]
      exact nonneg
    · next nonzero =>
      have hd : Positive (toRing K d) := he.of_le hu
      obtain ⟨q, hq⟩ := OrderedFieldLaws.exists_inverse _ hd.ne_zero
      refine le_trans (divDown_le precision (q := q) nonzero (by rw [toRing_one (K := K), mul_comm q, hq])) ?_
      refine le_of_mul_le_mul_left ?_ he
      rw [hf, ← hq]
      exact mul_le_mul_right hu (nonneg_of_mul (by rw [mul_comm, hq]; exact zero_le_one) hd)
  · rw [toRing_zero]
    exact nonneg

/-- The inverse from above. -/
theorem le_inverseUp (he : Positive e) (hf : e * f = 1) (nonneg : 0 ≤ toRing K l) (hl : toRing K l ≤ e) :
    Above (inverseUp l) f := by
  unfold inverseUp
  split
  · rfl
  · next nonzero =>
    have hd := toRing_positive_of_nonneg nonneg nonzero
    obtain ⟨q, hq⟩ := OrderedFieldLaws.exists_inverse _ hd.ne_zero
    refine le_trans ?_ (le_divUp precision (q := q) nonzero (by rw [toRing_one (K := K), mul_comm q, hq]))
    refine le_of_mul_le_mul_left ?_ hd
    rw [hq, ← hf]
    exact mul_le_mul_right hl (nonneg_of_mul (by rw [mul_comm, hf]; exact zero_le_one) he)

/-- `2 ^ (-2 * largeBits)`. -/
def largeSlack (K : Type) [Binary K] : K := twoPow (-2 * largeBits)

theorem toRing_belowOne : toRing K belowOne = 1 - largeSlack K := by
  unfold belowOne
  rw [toRing_sub, toRing_one, toRing_twoPow]
  rfl

theorem toRing_aboveOne : toRing K aboveOne = 1 + largeSlack K := by
  unfold aboveOne
  rw [toRing_add, toRing_one, toRing_twoPow]
  rfl

/-- The inverse of a large number is a small part of it. -/
theorem le_mul_largeSlack (he : Positive e) (hf : e * f = 1) (h : Dyadic.twoPow largeBits ≤ l) (hl : toRing K l ≤ e) :
    f ≤ e * largeSlack K := by
  have large : twoPow (largeBits : Int) ≤ e := by
    have := (toRing_le K _ _).mp h
    rw [toRing_twoPow] at this
    exact le_trans this hl
  refine le_of_mul_le_mul_left ?_ he
  rw [hf]
  have square := mul_le_mul large large he.nonneg (BinaryLaws.twoPow_nonneg (K := K) _)
  have := mul_le_mul_right square (BinaryLaws.twoPow_nonneg (K := K) (-2 * largeBits))
  rw [← BinaryLaws.twoPow_add, ← BinaryLaws.twoPow_add] at this
  have zero : (largeBits : Int) + largeBits + -2 * largeBits = 0 := by omega
  rw [zero, BinaryLaws.twoPow_zero, mul_assoc] at this
  exact this

theorem holds_sinhOfExp (he : Positive e) (hf : e * f = 1) (nonneg : 0 ≤ toRing K l) (hl : toRing K l ≤ e)
    (hu : Above u e) : Holds (sinhOfExp l u) (twoPow (-1) * (e - f)) := by
  have fnonneg : 0 ≤ f := nonneg_of_mul (by rw [mul_comm, hf]; exact zero_le_one) he
  unfold sinhOfExp
  split
  · next h =>
    refine ⟨?_, hu.map fun z hz => ?_⟩
    · show toRing K (l * belowOne).half ≤ _
      rw [toRing_half, toRing_mul, toRing_belowOne]
      refine half_le_half ?_
      have small : largeSlack K ≤ 1 := by
        rw [← BinaryLaws.twoPow_zero (K := K)]
        exact twoPow_le_twoPow (by decide)
      refine le_trans (mul_le_mul_right hl (sub_nonneg small)) ?_
      exact le_of_eq_add (sub_nonneg (le_mul_largeSlack he hf h hl)) (by ring_by [e, f, largeSlack K])
    · rw [toRing_half]
      exact half_le_half (le_trans (le_of_eq_add fnonneg (by ring_by [e, f])) hz)
  · refine ⟨?_, hu.map fun z hz => ?_⟩
    · have : Above ((inverseUp l).map fun d => (d - l).half) (twoPow (-1) * (f - e)) := by
        refine Above.map (le_inverseUp he hf nonneg hl) fun z hz => ?_
        rw [toRing_half, toRing_sub]
        exact half_le_half (sub_le_sub hz hl)
      have := this.neg
      have sign : 0 - twoPow (-1) * (f - e) = twoPow (-1) * (e - f) := by ring_by [(twoPow (-1) : K), e, f]
      rwa [sign] at this
    · rw [toRing_half, toRing_sub]
      exact half_le_half (sub_le_sub hz (inverseDown_le he hf hu))

theorem holds_coshOfExp (he : Positive e) (hf : e * f = 1) (nonneg : 0 ≤ toRing K l) (hl : toRing K l ≤ e)
    (hu : Above u e) : Holds (coshOfExp l u) (twoPow (-1) * (e + f)) := by
  have fnonneg : 0 ≤ f := nonneg_of_mul (by rw [mul_comm, hf]; exact zero_le_one) he
  unfold coshOfExp
  split
  · next h =>
    refine ⟨?_, hu.map fun z hz => ?_⟩
    · show toRing K l.half ≤ _
      rw [toRing_half]
      exact half_le_half (le_trans hl (le_add_right e fnonneg))
    · rw [toRing_half, toRing_mul, toRing_aboveOne]
      refine half_le_half (le_trans (add_le_add (le_refl e) (le_mul_largeSlack he hf h hl)) ?_)
      have : e + e * largeSlack K = e * (1 + largeSlack K) := by ring_by [e, largeSlack K]
      rw [this]
      exact mul_le_mul_right hz (add_nonneg zero_le_one (BinaryLaws.twoPow_nonneg _))
  · refine ⟨?_, ?_⟩
    · show toRing K (l + inverseDown u).half ≤ _
      rw [toRing_half, toRing_add]
      exact half_le_half (add_le_add hl (inverseDown_le he hf hu))
    · have up := le_inverseUp he hf nonneg hl
      dsimp only
      generalize inverseUp l = d at up
      cases d with
      | finite d =>
        refine hu.map fun z hz => ?_
        rw [toRing_half, toRing_add]
        exact half_le_half (add_le_add hz up)
      | inf _ => exact up

/-- `t` is `1 - 2 / (e + 1)`. -/
theorem holds_tanhOfExp (he : Positive e) (ht : (1 - t) * (e + 1) = ofInt 2) (nonneg : 0 ≤ toRing K l)
    (hl : toRing K l ≤ e) (hu : Above u e) : Holds (tanhOfExp l u) t := by
  have two : toRing K (.twoPow 1) = ofInt 2 := by
    rw [toRing_twoPow]
    exact BinaryLaws.twoPow_natCast 1
  have positive : ∀ {a : K}, 0 ≤ a → Positive (a + 1) := fun h => positive_one.of_le (le_add_left 1 h)
  have rest : 0 ≤ 1 - t := nonneg_of_mul (by rw [ht]; exact ofInt_nonneg (by decide)) (positive he.nonneg)
  -- A dyadic divisor that stands for a positive number is not zero.
  have nonzero : ∀ {d : Dyadic}, Positive (toRing K d) → ¬d.isZero = true := fun h h' => h.ne_zero (toRing_isZero h')
  refine ⟨?_, ?_⟩
  · show toRing K (.twoPow 0 - divUp precision (.twoPow 1) (l + .twoPow 0)) ≤ t
    have hd : Positive (toRing K (l + .twoPow 0)) := by
      rw [toRing_add, toRing_one]
      exact positive nonneg
    obtain ⟨q, hq⟩ := OrderedFieldLaws.exists_inverse _ hd.ne_zero
    have w := le_divUp precision (q := ofInt 2 * q) (n := .twoPow 1) (nonzero hd) (by
      rw [two, mul_assoc, mul_comm q, hq, mul_one])
    rw [toRing_sub, toRing_one]
    generalize toRing K (divUp precision (.twoPow 1) (l + .twoPow 0)) = w' at w
    have : 1 - t ≤ w' := by
      refine le_trans (le_of_mul_le_mul_right ?_ hd) w
      rw [mul_assoc, mul_comm q, hq, mul_one, ← ht, toRing_add, toRing_one]
      exact mul_le_mul_left (add_le_add hl (le_refl 1)) rest
    exact le_of_eq_add (sub_nonneg this) (by ring_by [t, w'])
  · cases u with
    | inf _ =>
      show t ≤ toRing K (.twoPow 0)
      rw [toRing_one]
      exact le_of_eq_add rest (by ring_by [t])
    | finite d =>
      show t ≤ toRing K (.twoPow 0 - divDown precision (.twoPow 1) (d + .twoPow 0))
      have hd : Positive (toRing K (d + .twoPow 0)) := by
        rw [toRing_add, toRing_one]
        exact positive (le_trans he.nonneg hu)
      obtain ⟨q, hq⟩ := OrderedFieldLaws.exists_inverse _ hd.ne_zero
      have w := divDown_le precision (q := ofInt 2 * q) (n := .twoPow 1) (nonzero hd) (by
        rw [two, mul_assoc, mul_comm q, hq, mul_one])
      rw [toRing_sub, toRing_one]
      generalize toRing K (divDown precision (.twoPow 1) (d + .twoPow 0)) = w' at w
      have : w' ≤ 1 - t := by
        refine le_trans w (le_of_mul_le_mul_right ?_ hd)
        rw [mul_assoc, mul_comm q, hq, mul_one, ← ht, toRing_add, toRing_one]
        exact mul_le_mul_left (add_le_add hu (le_refl 1)) rest
      exact le_of_eq_add (sub_nonneg this) (by ring_by [t, w'])

/-- The interval of an odd function holds it: near zero, where it is nearly its argument, and elsewhere by the interval
for positive arguments. -/
theorem holds_oddInterval {v : K → K} {g : Dyadic → Interval} (odd : ∀ x, v (0 - x) = 0 - v x)
    (tiny : ∀ x s : K, 0 ≤ x → x + x ≤ s → s ≤ 1 → x - x * s ≤ v x ∧ v x ≤ x + x * s)
    (rest : ∀ y : Dyadic, Positive (toRing K y) → Holds (g y) (v (toRing K y))) (y : Dyadic) :
    Holds (oddInterval g y) (v (toRing K y)) := by
  unfold oddInterval
  split
  · next h =>
    have zero := tiny 0 0 (le_refl 0) (le_of_eq (add_zero 0)) zero_le_one
    rw [mul_zero, add_zero, sub_self] at zero
    have e : v (toRing K y) = toRing K 0 := by
      rw [toRing_isZero h, toRing_zero]
      exact le_antisymm zero.2 zero.1
    rw [e]
    exact holds_point 0
  · next nonzero =>
    split
    · next h =>
      have small := tiny_le (K := K) h
      by_cases s : y.isNegative = true
      · have e := toRing_abs_of_neg (K := K) s
        have n : 0 ≤ toRing K y.abs := by
          rw [e]
          exact neg_nonneg (toRing_nonpos s)
        obtain ⟨low, high⟩ := tiny _ _ n small slack_le_one
        have o : v (toRing K y.abs) = 0 - v (toRing K y) := by rw [e, odd]
        rw [o] at low high
        refine holds_nearby ?_ ?_
        · refine le_of_eq_add (sub_nonneg high) ?_
          have : toRing K y = 0 - toRing K y.abs := by
            rw [e]
            ring_by [toRing K y]
          rw [this]
          generalize v _ = w
          ring_by [toRing K y.abs, w, slack K]
        · refine le_of_eq_add (sub_nonneg low) ?_
          have : toRing K y = 0 - toRing K y.abs := by
            rw [e]
            ring_by [toRing K y]
          rw [this]
          generalize v _ = w
          ring_by [toRing K y.abs, w, slack K]
      · have e := toRing_abs_of_nonneg (K := K) s
        have n : 0 ≤ toRing K y.abs := by
          rw [e]
          exact toRing_nonneg s
        obtain ⟨low, high⟩ := tiny _ _ n small slack_le_one
        rw [e] at low high
        refine holds_nearby ?_ ?_
        · rw [e]
          exact low
        · rw [e]
          exact high
    · split
      · next s =>
        have positive : Positive (toRing K (-y)) := by
          refine toRing_positive_of_nonneg ?_ ?_
          · rw [toRing_neg]
            exact neg_nonneg (toRing_nonpos s)
          · intro h
            have : -y.mantissa = 0 := of_decide_eq_true h
            exact nonzero (decide_eq_true (by omega))
        have := (rest (-y) positive).neg
        rw [toRing_neg, odd] at this
        have e : 0 - (0 - v (toRing K y)) = v (toRing K y) := by
          generalize v (toRing K y) = w
          ring_by [w]
        rwa [e] at this
      · next s => exact rest y (toRing_positive s nonzero)

end Conform.Enclosure
