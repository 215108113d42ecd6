import Conform.Enclosure.BallProperties
import Conform.Enclosure.Functions
import Conform.Enclosure.HyperbolicProperties
import Conform.Enclosure.RootProperties

/-!
# What is said of a function's result holds

For every finite argument, zeros of both signs among them, and over any ordered field.

Main results: `Conform.Enclosure.holds_div`, `Conform.Enclosure.holds_sqrt`, `Conform.Enclosure.holds_exp`,
`Conform.Enclosure.holds_log`, `Conform.Enclosure.holds_sinh`, `Conform.Enclosure.holds_cosh`,
`Conform.Enclosure.holds_tanh`.
-/

namespace Conform.Enclosure

open Soundness Spec Spec.Laws

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]
variable [OrderedFieldLaws K] {exp log sinh cosh tanh sqrt : K → K} {v : K}

/-- The number that a finite extended number stands for. -/
def number (K : Type) [Mul K] [Binary K] (x : Ext) : K := toRing K x.finitePart

theorem holds_ofInterval {i : Interval} (h : Holds i v) : (ofInterval i).Holds v := by
  obtain ⟨l, u⟩ := i
  unfold ofInterval
  dsimp only
  split
  · next l u =>
    split
    · next same =>
      have e : l = u := by rwa [beq_iff_eq] at same
      have low : toRing K l ≤ v := h.below
      have high : v ≤ toRing K u := h.above
      rw [← e] at high
      rw [le_antisymm high low]
      exact holds_exact l
    · split
      · exact h
      · exact holds_ofBounds h.below h.above
  · exact h

/-- An exact ball around a number that is the value. -/
theorem holds_exact_of_eq {z : Dyadic} (h : v = toRing K z) : (ExtBall.finite (.exact z)).Holds v := by
  rw [h]
  exact holds_exact z

theorem holds_zeroOf (negative : Bool) (h : v = 0) : (ExtBall.zeroOf negative).Holds v := by
  cases negative with
  | true => exact h
  | false => exact holds_exact_of_eq (h.trans (toRing_zero K).symm)

/-- The quotient: the number whose product with the denominator is the numerator. -/
theorem holds_div {a b : Ext} (ha : a.isFinite = true) (hb : b.isFinite = true) (h : ¬b.finitePart.isZero = true)
    (hv : v * number K b = number K a) : (div a b).Holds v := by
  have finish : ∀ negative : Bool,
      (if b.finitePart.isZero then if a.finitePart.isZero then ExtBall.nan else .inf negative
      else if a.finitePart.isZero then .zeroOf negative
      else ofInterval (divInterval a.finitePart b.finitePart)).Holds v := by
    intro negative
    rw [if_neg h]
    split
    · next zero =>
      have hv' : v * number K b = 0 := by
        rw [hv]
        exact toRing_isZero zero
      refine holds_zeroOf negative (eq_zero_of_mul (fun e => h ?_) hv')
      -- A divisor that stands for zero is zero.
      have bounds := toRing_le_abs (K := K) b.finitePart
      refine Classical.byContradiction fun nonzero => ?_
      have least := twoPow_le_of_leadingExponent (K := K) (Int.le_refl _) nonzero
      rw [toRing_abs] at least
      have e' : toRing K b.finitePart = 0 := e
      rw [e', OrderedRingLaws.abs_zero] at least
      exact positive_twoPow _ least
    · exact holds_ofInterval ⟨divDown_le workBits h hv, le_divUp workBits h hv⟩
  cases a with
  | nan => exact absurd (show false = true from ha) (by decide)
  | inf _ => exact absurd (show false = true from ha) (by decide)
  | negZero =>
    cases b with
    | nan => exact absurd (show false = true from hb) (by decide)
    | inf _ => exact absurd (show false = true from hb) (by decide)
    | negZero => exact absurd rfl h
    | finite y => exact finish _
  | finite x =>
    cases b with
    | nan => exact absurd (show false = true from hb) (by decide)
    | inf _ => exact absurd (show false = true from hb) (by decide)
    | negZero => exact finish _
    | finite y => exact finish _

/-- The root of a number that is not negative. -/
theorem holds_sqrt (hs : IsSqrt sqrt) {x : Ext} (h : x.isFinite = true) (hx : 0 ≤ number K x) :
    (Enclosure.sqrt x).Holds (sqrt (number K x)) := by
  have root_zero : sqrt (0 : K) = 0 := by
    have e := hs.mul_self 0 (le_refl 0)
    have le : sqrt (0 : K) ≤ 0 := le_of_mul_self_le (le_refl 0) (by
      rw [e, zero_mul]
      exact le_refl 0)
    exact le_antisymm le (hs.nonneg 0 (le_refl 0))
  cases x with
  | nan => exact absurd (show false = true from h) (by decide)
  | inf _ => exact absurd (show false = true from h) (by decide)
  | negZero =>
    show sqrt (toRing K 0) = 0
    rw [toRing_zero, root_zero]
  | finite z =>
    have hz : 0 ≤ toRing K z := hx
    show (if z.isNegative then ExtBall.nan else if z.isZero then .ofExt 0 else ofInterval (sqrtInterval z)).Holds
      (sqrt (toRing K z))
    split
    · next s =>
      -- A negative number does not stand for one that is not negative.
      have positive : Positive (toRing K (-z)) := by
        have m := of_decide_eq_true s
        refine toRing_positive (fun h => ?_) (fun h => ?_)
        · have := of_decide_eq_true h
          have e : (-z).mantissa = -z.mantissa := rfl
          omega
        · have := of_decide_eq_true h
          have e : (-z).mantissa = -z.mantissa := rfl
          omega
      rw [toRing_neg] at positive
      exact absurd (neg_nonpos hz) positive
    · next s =>
      split
      · next zero =>
        refine holds_exact_of_eq ?_
        rw [toRing_isZero zero, root_zero]
        exact (toRing_zero K).symm
      · exact holds_ofInterval ⟨sqrtDown_le workBits s (hs.nonneg _ hz) (hs.mul_self _ hz),
          le_sqrtUp workBits s (hs.mul_self _ hz)⟩

/-- The exponential function. -/
theorem holds_exp (hexp : IsExp exp) {x : Ext} (h : x.isFinite = true) :
    (Enclosure.exp x).Holds (exp (number K x)) := by
  cases x with
  | nan => exact absurd (show false = true from h) (by decide)
  | inf _ => exact absurd (show false = true from h) (by decide)
  | negZero =>
    refine holds_exact_of_eq ?_
    show exp (toRing K 0) = _
    rw [toRing_zero, hexp.zero, toRing_one]
  | finite z => exact holds_ofInterval ⟨expLower_le hexp z, le_expUpper hexp z⟩

/-- The logarithm of a positive number. -/
theorem holds_log (hexp : IsExp exp) (hlog : IsLog exp log) {x : Ext} (h : x.isFinite = true)
    (hx : Positive (number K x)) : (Enclosure.log x).Holds (log (number K x)) := by
  cases x with
  | nan => exact absurd (show false = true from h) (by decide)
  | inf _ => exact absurd (show false = true from h) (by decide)
  | negZero =>
    refine absurd (le_of_eq ?_) hx
    exact toRing_zero K
  | finite z =>
    have hz : Positive (toRing K z) := hx
    have sign : ¬z.isNegative = true := fun s => hz (toRing_nonpos s)
    have nonzero : ¬z.isZero = true := fun s => hz.ne_zero (toRing_isZero s)
    show (if z.isNegative then ExtBall.nan else if z.isZero then .inf true else ofInterval (logInterval z)).Holds _
    rw [if_neg sign, if_neg nonzero]
    exact holds_ofInterval (holds_logInterval hexp hz (hlog _ hz))

/-- The hyperbolic sine. -/
theorem holds_sinh (hexp : IsExp exp) (hsinh : IsSinh exp sinh) {x : Ext} (h : x.isFinite = true) :
    (Enclosure.sinh x).Holds (sinh (number K x)) := by
  have zero : sinh (0 : K) = 0 := by
    have e : (0 : K) - 0 = 0 := sub_self 0
    rw [hsinh, e, sub_self, mul_zero]
  cases x with
  | nan => exact absurd (show false = true from h) (by decide)
  | inf _ => exact absurd (show false = true from h) (by decide)
  | negZero =>
    show sinh (toRing K 0) = 0
    rw [toRing_zero, zero]
  | finite z =>
    show (if z.isZero then ExtBall.ofExt 0 else ofInterval (sinhInterval z)).Holds (sinh (toRing K z))
    split
    · next s =>
      refine holds_exact_of_eq ?_
      rw [toRing_isZero s, zero]
      exact (toRing_zero K).symm
    · exact holds_ofInterval (holds_sinhInterval hexp hsinh z)

/-- The hyperbolic cosine. -/
theorem holds_cosh (hexp : IsExp exp) (hcosh : IsCosh exp cosh) {x : Ext} (h : x.isFinite = true) :
    (Enclosure.cosh x).Holds (cosh (number K x)) := by
  cases x with
  | nan => exact absurd (show false = true from h) (by decide)
  | inf _ => exact absurd (show false = true from h) (by decide)
  | negZero =>
    refine holds_exact_of_eq ?_
    show cosh (toRing K 0) = _
    rw [toRing_zero, hcosh, sub_self, hexp.zero, toRing_one, mul_add, mul_one, twoPow_neg_one_add]
  | finite z => exact holds_ofInterval (holds_coshInterval hexp hcosh z)

/-- The hyperbolic tangent. -/
theorem holds_tanh (hexp : IsExp exp) (htanh : IsTanh exp tanh) {x : Ext} (h : x.isFinite = true) :
    (Enclosure.tanh x).Holds (tanh (number K x)) := by
  have zero : tanh (0 : K) = 0 := by
    have e := htanh.tiny hexp (le_refl 0) (le_of_eq (add_zero 0)) zero_le_one
    rw [mul_zero, add_zero, sub_self] at e
    exact le_antisymm e.2 e.1
  cases x with
  | nan => exact absurd (show false = true from h) (by decide)
  | inf _ => exact absurd (show false = true from h) (by decide)
  | negZero =>
    show tanh (toRing K 0) = 0
    rw [toRing_zero, zero]
  | finite z =>
    show (if z.isZero then ExtBall.ofExt 0 else ofInterval (tanhInterval z)).Holds (tanh (toRing K z))
    split
    · next s =>
      refine holds_exact_of_eq ?_
      rw [toRing_isZero s, zero]
      exact (toRing_zero K).symm
    · exact holds_ofInterval (holds_tanhInterval hexp htanh z)

end Conform.Enclosure
