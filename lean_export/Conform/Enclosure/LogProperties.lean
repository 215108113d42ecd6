import Conform.Enclosure.ExpProperties
import Conform.Enclosure.Log
import Conform.Enclosure.QuotientProperties

/-!
# The enclosure of the logarithm

A number `l` with `exp l = x` lies between `lower` and `upper`, for `exp lower ≤ x ≤ exp upper`.

Main result: `Conform.Enclosure.holds_logInterval`.
-/

namespace Conform.Enclosure

open Soundness Spec Spec.Laws

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]
variable [OrderedFieldLaws K] {exp : K → K} {l : K} {x m a : Dyadic}

/-- What is left out by `nearby`, relatively. -/
def slack (K : Type) [Binary K] : K := twoPow (-(tinyBits : Int))

theorem slack_nonneg : (0 : K) ≤ slack K := BinaryLaws.twoPow_nonneg _

/-- Numbers of at most `tinyExponent` are at most half of the slack. -/
theorem tiny_le {t : Dyadic} (h : t.leadingExponent ≤ tinyExponent) : toRing K t.abs + toRing K t.abs ≤ slack K := by
  have := le_twoPow_of_leadingExponent (K := K) (show t.leadingExponent < -1 + -(tinyBits : Int) by
    unfold tinyExponent at h
    unfold tinyBits
    omega)
  rw [BinaryLaws.twoPow_add] at this
  have := add_le_add this this
  rwa [half_add_half] at this

theorem slack_le_one : slack K ≤ 1 := by
  rw [← BinaryLaws.twoPow_zero (K := K)]
  exact twoPow_le_twoPow (by decide)

theorem holds_nearby {t : Dyadic} {v : K} (low : toRing K t - toRing K t.abs * slack K ≤ v)
    (high : v ≤ toRing K t + toRing K t.abs * slack K) : Holds (nearby t) v := by
  refine ⟨?_, ?_⟩
  · show toRing K (t - t.abs * .twoPow (-tinyBits)) ≤ v
    rw [toRing_sub, toRing_mul, toRing_twoPow]
    exact low
  · show v ≤ toRing K (t + t.abs * .twoPow (-tinyBits))
    rw [toRing_add, toRing_mul, toRing_twoPow]
    exact high

/-- A number is at most its absolute value, and at least the negative of it. -/
theorem toRing_le_abs (t : Dyadic) : toRing K t ≤ toRing K t.abs ∧ 0 - toRing K t ≤ toRing K t.abs := by
  have nonneg : 0 ≤ toRing K t.abs := by
    rw [toRing_abs]
    exact abs_nonneg _
  by_cases h : t.isNegative = true
  · have e := toRing_abs_of_neg (K := K) h
    exact ⟨le_trans (toRing_nonpos h) nonneg, le_of_eq e.symm⟩
  · have e := toRing_abs_of_nonneg (K := K) h
    refine ⟨le_of_eq e.symm, le_trans (neg_nonpos ?_) nonneg⟩
    rw [← e]
    exact nonneg

/-- `log (1 + t)` is nearly `t`, where `b` is the absolute value of `t`, and `s` the slack. -/
theorem nearly_log (hexp : IsExp exp) {t b s : K} (hl : exp l = 1 + t) (le : t ≤ b) (ge : 0 - t ≤ b)
    (square : t * t = b * b) (hb : 0 ≤ b) (small : b + b ≤ s) (hs : s ≤ 1) : t - b * s ≤ l ∧ l ≤ t + b * s := by
  have nonneg : 0 ≤ b * s := mul_nonneg hb (le_trans (add_nonneg hb hb) small)
  have half : b + b ≤ 1 := le_trans small hs
  refine ⟨hexp.le_of_le ?_, le_trans (hexp.le_of_le ?_) (le_add_right t nonneg)⟩
  · have two : 1 ≤ (1 - (t - b * s)) + (1 - (t - b * s)) := by
      refine le_of_eq_add (add_nonneg (add_nonneg (sub_nonneg half) (add_nonneg (sub_nonneg le) (sub_nonneg le)))
        (add_nonneg nonneg nonneg)) ?_
      ring_by [t, b, s]
    refine le_of_mul_le_mul_left (le_trans (hexp.one_sub_mul_le _) ?_) (positive_one.of_le two).of_add_self
    rw [hl]
    refine le_of_sub_nonneg (nonneg_of_add_self ?_)
    have rest : 0 ≤ 1 + t + t := by
      refine le_trans (sub_nonneg half) (le_of_eq_add (add_nonneg (sub_nonneg ge) (sub_nonneg ge)) ?_)
      ring_by [t, b]
    refine le_trans (add_nonneg (mul_nonneg nonneg rest) (mul_nonneg hb (sub_nonneg small))) (le_of_eq ?_)
    have e : b * s * (1 + t + t) + b * (s - (b + b)) =
        (1 - (t - b * s)) * (1 + t) - 1 + ((1 - (t - b * s)) * (1 + t) - 1) + (t * t - b * b) + (t * t - b * b) := by
      ring_by [t, b, s]
    rw [e, square, sub_self, add_zero, add_zero]
  · rw [hl]
    exact hexp.one_add_le t

theorem holds_nearby_log (hexp : IsExp exp) {t : Dyadic} (h : t.leadingExponent ≤ tinyExponent)
    (hl : exp l = 1 + toRing K t) : Holds (nearby t) l := by
  have ⟨le, ge⟩ := toRing_le_abs (K := K) t
  have square : toRing K t * toRing K t = toRing K t.abs * toRing K t.abs := by
    by_cases s : t.isNegative = true
    · rw [toRing_abs_of_neg s]
      ring_by [toRing K t]
    · rw [toRing_abs_of_nonneg s]
  have nonneg : 0 ≤ toRing K t.abs := by
    rw [toRing_abs]
    exact abs_nonneg _
  have ⟨low, high⟩ := nearly_log hexp hl le ge square nonneg (tiny_le h) slack_le_one
  exact holds_nearby low high

/-- `n ln 2` from below. -/
theorem exp_ln2MulDown_le (hexp : IsExp exp) (n : Int) : exp (toRing K (ln2MulDown n)) ≤ twoPow n := by
  unfold ln2MulDown
  rw [toRing_normalize, BinaryLaws.ofInt_mul, mul_assoc]
  exact exp_ln2_le hexp n

/-- `n ln 2` from above. -/
theorem le_exp_ln2MulUp (hexp : IsExp exp) (n : Int) : twoPow n ≤ exp (toRing K (ln2MulUp n)) := by
  unfold ln2MulUp
  rw [toRing_neg]
  have down := exp_ln2MulDown_le hexp (-n)
  refine le_of_mul_le_mul_left ?_ (hexp.positive (toRing K (ln2MulDown (-n))))
  rw [hexp.mul_neg, ← twoPow_neg_mul (K := K) n]
  exact mul_le_mul_right down (BinaryLaws.twoPow_nonneg _)

/-- From any approximation, a lower bound of `log m`. -/
theorem logNear_lower (hexp : IsExp exp) (hm : Positive (toRing K m)) (hl : toRing K m ≤ exp l) :
    Below (logNear m a).lower l := by
  unfold logNear
  dsimp only
  split
  · rfl
  · next nonzero =>
    have hz : toRing K (expLower (-a) * m) = toRing K (expLower (-a)) * toRing K m := toRing_mul K _ _
    have positive : Positive (toRing K (expLower (-a) * m)) := by
      refine toRing_positive_of_nonneg ?_ nonzero
      rw [hz]
      exact mul_nonneg (expLower_nonneg _) hm.nonneg
    obtain ⟨q, hq⟩ := OrderedFieldLaws.exists_inverse _ positive.ne_zero
    have w := le_divUp precision (q := q) (n := .twoPow 0) nonzero (by rw [toRing_one (K := K), mul_comm q, hq])
    have e := expLower_le hexp (-a)
    rw [toRing_neg] at e
    show toRing K (a + .twoPow 0 - divUp precision (.twoPow 0) (expLower (-a) * m)) ≤ l
    rw [toRing_sub, toRing_add, toRing_one]
    generalize toRing K (divUp precision (.twoPow 0) (expLower (-a) * m)) = w' at w
    rw [hz] at hq positive
    generalize toRing K (expLower (-a)) = z at hq positive e
    generalize toRing K m = m' at hq positive hm hl
    generalize toRing K a = a' at e
    refine hexp.le_of_le (le_trans ?_ hl)
    -- `exp lower * w ≤ exp a`, and `1 ≤ w * z`.
    have one : 1 ≤ w' * (z * m') := by
      rw [← hq, mul_comm]
      exact mul_le_mul_right w positive.nonneg
    have up : exp (a' + 1 - w') * w' ≤ exp a' := by
      have s : a' = (a' + 1 - w') + (w' - 1) := by ring_by [a', w']
      have t : exp a' = exp (a' + 1 - w') * exp (w' - 1) := by
        rw [← hexp.add, ← s]
      rw [t]
      refine mul_le_mul_left (le_trans (le_of_eq ?_) (hexp.one_add_le _)) (hexp.nonneg _)
      ring_by [w']
    have last : exp a' * z ≤ 1 := by
      rw [← hexp.mul_neg a']
      exact mul_le_mul_left e (hexp.nonneg _)
    calc exp (a' + 1 - w')
        ≤ exp (a' + 1 - w') * (w' * (z * m')) := by
          have := mul_le_mul_left one (hexp.nonneg (a' + 1 - w'))
          rwa [mul_one] at this
      _ = exp (a' + 1 - w') * w' * (z * m') := (mul_assoc _ _ _).symm
      _ ≤ exp a' * (z * m') := mul_le_mul_right up positive.nonneg
      _ = exp a' * z * m' := (mul_assoc _ _ _).symm
      _ ≤ 1 * m' := mul_le_mul_right last hm.nonneg
      _ = m' := one_mul _

/-- From any approximation, an upper bound of `log m`. -/
theorem logNear_upper (hexp : IsExp exp) (hm : Positive (toRing K m)) (hl : exp l ≤ toRing K m) :
    Above (logNear m a).upper l := by
  refine Above.map (le_expUpper hexp (-a)) fun e he => ?_
  rw [toRing_neg] at he
  rw [toRing_add, toRing_sub, toRing_mul, toRing_one]
  generalize toRing K e = e' at he
  generalize toRing K m = m' at hm hl
  generalize toRing K a = a' at he
  refine hexp.le_of_le (le_trans hl ?_)
  calc m' = exp a' * exp (0 - a') * m' := by rw [hexp.mul_neg, one_mul]
    _ = exp a' * (exp (0 - a') * m') := mul_assoc _ _ _
    _ ≤ exp a' * (e' * m') := mul_le_mul_left (mul_le_mul_right he hm.nonneg) (hexp.nonneg _)
    _ ≤ exp a' * exp (e' * m' - 1) := by
      refine mul_le_mul_left (le_trans (le_of_eq ?_) (hexp.one_add_le _)) (hexp.nonneg _)
      ring_by [e', m']
    _ = exp (a' + (e' * m' - 1)) := (hexp.add _ _).symm

/-- The interval of a logarithm holds it. -/
theorem holds_logInterval (hexp : IsExp exp) (hx : Positive (toRing K x)) (hl : exp l = toRing K x) :
    Holds (logInterval x) l := by
  unfold logInterval
  dsimp only
  generalize logExponent x = n
  have scaled : toRing K ⟨x.mantissa, x.exponent - n⟩ = toRing K x * twoPow (-n) := by
    show ofInt x.mantissa * twoPow (x.exponent - n) = ofInt x.mantissa * twoPow x.exponent * twoPow (-n)
    rw [Int.sub_eq_add_neg, BinaryLaws.twoPow_add, mul_assoc]
  have back : toRing K ⟨x.mantissa, x.exponent - n⟩ * twoPow n = toRing K x := by
    rw [scaled, mul_assoc, twoPow_neg_mul, mul_one]
  have unscaled : n = 0 → exp l = 1 + toRing K (⟨x.mantissa, x.exponent - n⟩ - .twoPow 0 : Dyadic) := fun h => by
    rw [toRing_sub, toRing_one, hl, ← back, h, BinaryLaws.twoPow_zero, mul_one]
    generalize toRing K _ = y
    ring_by [y]
  generalize (⟨x.mantissa, x.exponent - n⟩ : Dyadic) = m at scaled back unscaled
  split
  · next h =>
    rw [Bool.and_eq_true, beq_iff_eq] at h
    have e := unscaled h.2
    rw [toRing_isZero h.1, add_zero, ← hexp.zero] at e
    have zero : l = toRing K 0 := by
      rw [toRing_zero]
      exact le_antisymm (hexp.le_of_le (le_of_eq e)) (hexp.le_of_le (le_of_eq e.symm))
    rw [zero]
    exact holds_point 0
  · split
    · next h =>
      rw [Bool.and_eq_true, beq_iff_eq, decide_eq_true_eq] at h
      exact holds_nearby_log hexp h.2 (unscaled h.1)
    · have hm : Positive (toRing K m) := by
        rw [scaled]
        exact hx.mul (positive_twoPow _)
      -- The logarithm of `m` as it were, from each side: `l` less a bound of `n ln 2`.
      refine ⟨?_, ?_⟩
      · have low : toRing K m ≤ exp (l - toRing K (ln2MulDown n)) := by
          refine le_of_mul_le_mul_right ?_ (positive_twoPow n)
          rw [back, ← hl]
          have e : exp l = exp (l - toRing K (ln2MulDown n)) * exp (toRing K (ln2MulDown n)) := by
            rw [← hexp.add, sub_add_cancel]
          rw [e]
          exact mul_le_mul_left (exp_ln2MulDown_le hexp n) (hexp.nonneg _)
        refine Below.map (logNear_lower hexp hm low) fun z hz => ?_
        rw [toRing_add]
        exact le_of_eq_add (sub_nonneg hz) (by ring_by [toRing K z, toRing K (ln2MulDown n), l])
      · have high : exp (l - toRing K (ln2MulUp n)) ≤ toRing K m := by
          refine le_of_mul_le_mul_right ?_ (positive_twoPow n)
          rw [back, ← hl]
          have e : exp l = exp (l - toRing K (ln2MulUp n)) * exp (toRing K (ln2MulUp n)) := by
            rw [← hexp.add, sub_add_cancel]
          rw [e]
          exact mul_le_mul_left (le_exp_ln2MulUp hexp n) (hexp.nonneg _)
        refine Above.map (logNear_upper hexp hm high) fun z hz => ?_
        rw [toRing_add]
        exact le_of_eq_add (sub_nonneg hz) (by ring_by [toRing K z, toRing K (ln2MulUp n), l])

end Conform.Enclosure
