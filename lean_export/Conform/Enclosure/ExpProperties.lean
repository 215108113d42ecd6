import Conform.Enclosure.Exp
import Conform.Enclosure.ExpPolynomialProperties
import Conform.Enclosure.IntervalProperties

/-!
# The enclosure of the exponential function

Every step of what is computed, on the safe side: Horner's rule, the squarings, and the reduction by a multiple of
`ln 2`, whose bounds are checked by computing `exp` of them.

Main results: `Conform.Enclosure.expLower_le`, `Conform.Enclosure.le_expUpper`.
-/

namespace Conform.Enclosure

open Soundness Spec Spec.Laws

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]
variable [OrderedFieldLaws K]

/-- A shift to the right of a natural number rounds down, and by less than one. -/
theorem natShiftRight_bounds (a s : Nat) :
    (ofInt ((a >>> s : Nat) : Int) : K) ≤ ofInt (a : Int) * twoPow (-(s : Int)) ∧
      (ofInt (a : Int) * twoPow (-(s : Int)) : K) ≤ ofInt ((a >>> s + 1 : Nat) : Int) := by
  have back : ∀ n : Nat, (ofInt (n : Int) : K) = ofInt (n : Int) * twoPow (s : Int) * twoPow (-(s : Int)) := fun n => by
    rw [mul_assoc, twoPow_mul_neg, mul_one]
  rw [back (a >>> s), back (a >>> s + 1), BinaryLaws.twoPow_natCast, ← natCast_mul, ← natCast_mul]
  have e : a >>> s * 2 ^ s ≤ a ∧ a ≤ (a >>> s + 1) * 2 ^ s := by
    rw [Nat.shiftRight_eq_div_pow]
    have d := Nat.div_add_mod a (2 ^ s)
    have m := Nat.mod_lt a (Nat.two_pow_pos s)
    rw [Nat.mul_comm] at d
    rw [Nat.add_mul, Nat.one_mul]
    generalize 2 ^ s = p at d m
    generalize a / p * p = q at d
    omega
  exact ⟨mul_le_mul_right (natCast_le e.1) (BinaryLaws.twoPow_nonneg _),
    mul_le_mul_right (natCast_le e.2) (BinaryLaws.twoPow_nonneg _)⟩

/-- The argument of a polynomial for the remainder `r`. -/
def part (K : Type) [Mul K] [Binary K] (r : Nat) : K := ofInt (r : Int) * twoPow (-((precision + halvings : Nat) : Int))

theorem part_nonneg (r : Nat) : 0 ≤ part K r := mul_nonneg (natCast_nonneg r) (BinaryLaws.twoPow_nonneg _)

theorem hornerDown_le (r : Nat) (cs : List Nat) :
    (ofInt ((hornerDown r cs : Nat) : Int) : K) ≤ value (part K r) cs := by
  induction cs with
  | nil => exact le_of_eq BinaryLaws.ofInt_zero
  | cons c cs ih =>
    show (ofInt ((c + (hornerDown r cs * r) >>> (precision + halvings) : Nat) : Int) : K) ≤
      ofInt c + part K r * value (part K r) cs
    rw [natCast_add]
    refine add_le_add (le_refl _) (le_trans (natShiftRight_bounds _ _).1 ?_)
    rw [natCast_mul, mul_assoc, mul_comm (part K r)]
    exact mul_le_mul_right ih (part_nonneg r)

theorem le_hornerUp (r : Nat) (cs : List Nat) : value (part K r) cs ≤ (ofInt ((hornerUp r cs : Nat) : Int) : K) := by
  induction cs with
  | nil => exact le_of_eq BinaryLaws.ofInt_zero.symm
  | cons c cs ih =>
    show ofInt c + part K r * value (part K r) cs ≤
      (ofInt ((c + (hornerUp r cs * r) >>> (precision + halvings) + 1 : Nat) : Int) : K)
    rw [Nat.add_assoc, natCast_add c]
    refine add_le_add (le_refl _) (le_trans ?_ (natShiftRight_bounds _ _).2)
    rw [natCast_mul, mul_assoc, mul_comm (part K r)]
    exact mul_le_mul_right ih (part_nonneg r)

/-- `2 ^ n * y`. -/
def doubled (n : Nat) (y : K) : K := twoPow (n : Int) * y

theorem doubled_zero (y : K) : doubled 0 y = y := by
  show twoPow 0 * y = y
  rw [BinaryLaws.twoPow_zero, one_mul]

theorem doubled_succ (n : Nat) (y : K) : doubled (n + 1) y = doubled n (y + y) := by
  show twoPow ((n : Int) + 1) * y = twoPow (n : Int) * (y + y)
  rw [BinaryLaws.twoPow_add]
  have e : (twoPow 1 : K) = ofInt 2 := BinaryLaws.twoPow_natCast 1
  rw [e]
  ring_by [(twoPow (n : Int) : K), y]

/-- The square of a number in units, in units of the square of the unit. -/
theorem unit_square (a : Nat) : (ofInt ((a * a : Nat) : Int) * twoPow (-(precision : Int)) * unit K : K) =
    ofInt (a : Int) * unit K * (ofInt (a : Int) * unit K) := by
  rw [natCast_mul]
  show _ * unit K * unit K = _
  ac_rfl

theorem squareDown_le {exp : K → K} (hexp : IsExp exp) (n : Nat) : ∀ (a : Nat) (y : K),
    ofInt (a : Int) * unit K ≤ exp y → ofInt ((squareDown n a : Nat) : Int) * unit K ≤ exp (doubled n y) := by
  induction n with
  | zero =>
    intro a y h
    rw [doubled_zero]
    exact h
  | succ n ih =>
    intro a y h
    rw [doubled_succ]
    refine ih _ (y + y) ?_
    rw [hexp.add]
    refine le_trans (mul_le_mul_right (natShiftRight_bounds _ _).1 unit_nonneg) ?_
    rw [unit_square]
    exact mul_le_mul h h (hexp.nonneg y) (mul_nonneg (natCast_nonneg a) unit_nonneg)

theorem le_squareUp {exp : K → K} (hexp : IsExp exp) (n : Nat) : ∀ (a : Nat) (y : K),
    exp y ≤ ofInt (a : Int) * unit K → exp (doubled n y) ≤ ofInt ((squareUp n a : Nat) : Int) * unit K := by
  induction n with
  | zero =>
    intro a y h
    rw [doubled_zero]
    exact h
  | succ n ih =>
    intro a y h
    rw [doubled_succ]
    refine ih _ (y + y) ?_
    rw [hexp.add]
    refine le_trans ?_ (mul_le_mul_right (natShiftRight_bounds _ _).2 unit_nonneg)
    rw [unit_square]
    exact mul_le_mul h h (mul_nonneg (natCast_nonneg a) unit_nonneg) (hexp.nonneg y)

/-- The part of the remainder, doubled as often as it was halved. -/
theorem doubled_part (r : Nat) : doubled halvings (part K r) = ofInt (r : Int) * unit K := by
  have e : (twoPow (-((precision + halvings : Nat) : Int)) : K) = unit K * twoPow (-(halvings : Int)) := by
    show _ = twoPow _ * twoPow _
    rw [← BinaryLaws.twoPow_add]
    congr 1
  show twoPow (halvings : Int) * (ofInt (r : Int) * twoPow (-((precision + halvings : Nat) : Int))) = _
  rw [e]
  have e' : twoPow (halvings : Int) * (ofInt (r : Int) * (unit K * twoPow (-(halvings : Int)))) =
      ofInt (r : Int) * unit K * (twoPow (halvings : Int) * twoPow (-(halvings : Int))) := by ac_rfl
  rw [e', twoPow_mul_neg, mul_one]

theorem part_le_one {r : Nat} (h : r ≤ 2 ^ precision) : part K r ≤ 1 := by
  have := mul_le_mul_right (natCast_le (K := K) h)
    (BinaryLaws.twoPow_nonneg (-((precision + halvings : Nat) : Int)))
  refine le_trans this ?_
  rw [← BinaryLaws.twoPow_natCast, ← BinaryLaws.twoPow_add, ← BinaryLaws.twoPow_zero (K := K)]
  exact twoPow_le_twoPow (by omega)

theorem kernelDown_le {exp : K → K} (hexp : IsExp exp) {r : Nat} (h : r ≤ 2 ^ precision) :
    ofInt ((kernelDown r : Nat) : Int) * unit K ≤ exp (ofInt (r : Int) * unit K) := by
  have := squareDown_le hexp halvings _ _ (le_trans (mul_le_mul_right (hornerDown_le r _) unit_nonneg)
    (value_lowerCoefficients_le hexp (part_nonneg r) (part_le_one h)))
  rwa [doubled_part] at this

theorem le_kernelUp {exp : K → K} (hexp : IsExp exp) {r : Nat} (h : r ≤ 2 ^ precision) :
    exp (ofInt (r : Int) * unit K) ≤ ofInt ((kernelUp r : Nat) : Int) * unit K := by
  have := le_squareUp hexp halvings _ _ (le_trans (le_value_upperCoefficients hexp (part_nonneg r) (part_le_one h))
    (mul_le_mul_right (le_hornerUp r _) unit_nonneg))
  rwa [doubled_part] at this

/-- Two in units of `2 ^ -precision`. -/
theorem two_units : ofInt ((2 ^ (precision + 1) : Nat) : Int) * unit K = twoPow 1 := by
  rw [← BinaryLaws.twoPow_natCast]
  show twoPow _ * twoPow _ = _
  rw [← BinaryLaws.twoPow_add]
  congr 1

theorem kernelUp_ln2Down : ln2Down ≤ 2 ^ precision ∧ kernelUp ln2Down ≤ 2 ^ (precision + 1) := by decide +kernel

theorem kernelDown_ln2Up :
    ln2Up ≤ 2 ^ precision ∧ 2 ^ (precision + 1) ≤ kernelDown ln2Up ∧ 5 * ln2Up ≤ 4 * 2 ^ precision := by
  decide +kernel

/-- `ln 2` from below. -/
theorem exp_ln2Down_le {exp : K → K} (hexp : IsExp exp) : exp (ofInt (ln2Down : Int) * unit K) ≤ twoPow 1 := by
  refine le_trans (le_kernelUp hexp kernelUp_ln2Down.1) ?_
  rw [← two_units]
  exact mul_le_mul_right (natCast_le kernelUp_ln2Down.2) unit_nonneg

/-- `ln 2` from above. -/
theorem le_exp_ln2Up {exp : K → K} (hexp : IsExp exp) : twoPow 1 ≤ exp (ofInt (ln2Up : Int) * unit K) := by
  refine le_trans ?_ (kernelDown_le hexp kernelDown_ln2Up.1)
  rw [← two_units]
  exact mul_le_mul_right (natCast_le kernelDown_ln2Up.2.1) unit_nonneg

/-- The bounds of `ln 2` that give a lower bound of `2 ^ n`'s logarithm, or an upper one. -/
theorem le_exp_ln2 {exp : K → K} (hexp : IsExp exp) (n : Int) :
    twoPow n ≤ exp (ofInt n * (ofInt ((if 0 ≤ n then ln2Up else ln2Down : Nat) : Int) * unit K)) := by
  apply hexp.twoPow_le
  by_cases h : 0 ≤ n
  · rw [if_pos h, if_pos h]
    exact le_exp_ln2Up hexp
  · rw [if_neg h, if_neg h]
    exact exp_ln2Down_le hexp

theorem exp_ln2_le {exp : K → K} (hexp : IsExp exp) (n : Int) :
    exp (ofInt n * (ofInt ((if 0 ≤ n then ln2Down else ln2Up : Nat) : Int) * unit K)) ≤ twoPow n := by
  apply hexp.le_twoPow
  by_cases h : 0 ≤ n
  · rw [if_pos h, if_pos h]
    exact exp_ln2Down_le hexp
  · rw [if_neg h, if_neg h]
    exact le_exp_ln2Up hexp

/-- A result of the kernel at the exponent `n`. -/
theorem toRing_kernel (m : Nat) (n : Int) :
    toRing K (.normalize (m : Int) (n - precision)) = ofInt (m : Int) * unit K * twoPow n := by
  rw [toRing_normalize, Int.sub_eq_add_neg, BinaryLaws.twoPow_add]
  show ofInt _ * (_ * unit K) = _
  ac_rfl

theorem expLowerAt_le {exp : K → K} (hexp : IsExp exp) (x : Dyadic) (n : Int) :
    toRing K (expLowerAt x n) ≤ exp (toRing K x) := by
  unfold expLowerAt
  dsimp only
  split
  · rw [toRing_zero]
    exact hexp.nonneg _
  · next h =>
    rw [Bool.or_eq_true, decide_eq_true_eq, decide_eq_true_eq, not_or] at h
    have hr : (remainderDown x n).toNat ≤ 2 ^ precision := by
      generalize 2 ^ precision = p at h ⊢
      omega
    have e : (ofInt (((remainderDown x n).toNat : Nat) : Int) : K) = ofInt (remainderDown x n) := by
      congr 1
      omega
    rw [toRing_kernel]
    have k := kernelDown_le hexp hr
    rw [e] at k
    have two := le_exp_ln2 hexp n
    generalize hc : (if 0 ≤ n then ln2Up else ln2Down : Nat) = c at two
    have r : ofInt (remainderDown x n) * unit K ≤ toRing K x - ofInt n * (ofInt (c : Int) * unit K) := by
      unfold remainderDown
      rw [hc, ofInt_sub, BinaryLaws.ofInt_mul]
      exact le_of_eq_add (sub_nonneg (floorAt_le (-(precision : Int)) x)) (by
        show _ = _ + (_ - _ * unit K)
        ring_by [toRing K x, (ofInt (x.floorAt (-(precision : Int))) : K), ofInt n, ofInt (c : Int), unit K])
    rw [← sub_add_cancel (toRing K x) (ofInt n * (ofInt (c : Int) * unit K)), hexp.add]
    exact mul_le_mul (le_trans k (hexp.mono r)) two (hexp.nonneg _) (BinaryLaws.twoPow_nonneg _)

theorem le_expUpperAt {exp : K → K} (hexp : IsExp exp) (x : Dyadic) (n : Int) :
    Above (expUpperAt x n) (exp (toRing K x)) := by
  unfold expUpperAt
  dsimp only
  split
  · next h =>
    have hr : (remainderUp x n).toNat ≤ 2 ^ precision := by
      generalize 2 ^ precision = p at h ⊢
      omega
    have e : (ofInt (remainderUp x n) : K) ≤ ofInt (((remainderUp x n).toNat : Nat) : Int) := ofInt_le (by omega)
    show _ ≤ toRing K (.normalize _ _)
    rw [toRing_kernel]
    have k := le_kernelUp hexp hr
    have two := exp_ln2_le hexp n
    generalize hc : (if 0 ≤ n then ln2Down else ln2Up : Nat) = c at two
    have r : toRing K x - ofInt n * (ofInt (c : Int) * unit K) ≤
        ofInt (((remainderUp x n).toNat : Nat) : Int) * unit K := by
      refine le_trans ?_ (mul_le_mul_right e unit_nonneg)
      unfold remainderUp
      rw [hc, ofInt_sub, BinaryLaws.ofInt_mul]
      exact le_of_eq_add (sub_nonneg (le_ceilAt (-(precision : Int)) x)) (by
        show _ = _ + (_ * unit K - _)
        ring_by [toRing K x, (ofInt (x.ceilAt (-(precision : Int))) : K), ofInt n, ofInt (c : Int), unit K])
    rw [← sub_add_cancel (toRing K x) (ofInt n * (ofInt (c : Int) * unit K)), hexp.add]
    exact mul_le_mul (le_trans (hexp.mono r) k) two (mul_nonneg (natCast_nonneg _) unit_nonneg) (hexp.nonneg _)
  · rfl

/-- From `2 ^ expLimit` on, `exp x` is past all formats. -/
theorem twoPow_expLimitPower_le {exp : K → K} (hexp : IsExp exp) {x : K} (h : twoPow (expLimit : Int) ≤ x) :
    twoPow expLimitPower ≤ exp x := by
  refine le_trans (le_exp_ln2 hexp expLimitPower) (hexp.mono (le_trans ?_ h))
  rw [if_pos (by decide +kernel)]
  -- `5 * 2 ^ 18 * ln2Up ≤ 2 ^ 20`, in units.
  have i : expLimitPower * (ln2Up : Int) ≤ ((2 ^ expLimit : Nat) : Int) * ((2 ^ precision : Nat) : Int) := by
    decide +kernel
  have := mul_le_mul_right (ofInt_le (K := K) i) unit_nonneg
  rw [BinaryLaws.ofInt_mul, BinaryLaws.ofInt_mul, mul_assoc, mul_assoc, units_mul_unit, mul_one,
    ← BinaryLaws.twoPow_natCast] at this
  exact this

/-- The lower bound of `exp x` is not negative. -/
theorem expLower_nonneg (x : Dyadic) : 0 ≤ toRing K (expLower x) := by
  unfold expLower
  split
  · rw [toRing_one]
    exact zero_le_one
  · split
    · unfold expLowerAt
      dsimp only
      generalize (if remainderDown x (expExponent x) < 0 then _ else _ : Int) = n
      split
      · rw [toRing_zero]
        exact le_refl _
      · rw [toRing_kernel]
        exact mul_nonneg (mul_nonneg (natCast_nonneg _) unit_nonneg) (BinaryLaws.twoPow_nonneg _)
    · split
      · rw [toRing_zero]
        exact le_refl _
      · rw [toRing_twoPow]
        exact BinaryLaws.twoPow_nonneg _

/-- The lower bound of `exp x` is one. -/
theorem expLower_le {exp : K → K} (hexp : IsExp exp) (x : Dyadic) : toRing K (expLower x) ≤ exp (toRing K x) := by
  unfold expLower
  split
  · next h => rw [toRing_isZero h, hexp.zero, toRing_one]; exact le_refl _
  · next h =>
    split
    · exact expLowerAt_le hexp x _
    · next large =>
      split
      · rw [toRing_zero]
        exact hexp.nonneg _
      · next sign =>
        rw [toRing_twoPow]
        refine twoPow_expLimitPower_le hexp ?_
        rw [← toRing_abs_of_nonneg (K := K) sign]
        exact twoPow_le_of_leadingExponent (by omega) h

/-- The upper bound of `exp x` is one. -/
theorem le_expUpper {exp : K → K} (hexp : IsExp exp) (x : Dyadic) : Above (expUpper x) (exp (toRing K x)) := by
  unfold expUpper
  split
  · next h =>
    show exp (toRing K x) ≤ toRing K (.twoPow 0)
    rw [toRing_isZero h, hexp.zero, toRing_one]
    exact le_refl _
  · next h =>
    split
    · exact le_expUpperAt hexp x _
    · next large =>
      split
      · next sign =>
        show exp (toRing K x) ≤ toRing K (.twoPow (-expLimitPower))
        rw [toRing_twoPow]
        have past : twoPow expLimitPower ≤ exp (0 - toRing K x) := by
          refine twoPow_expLimitPower_le hexp ?_
          rw [← toRing_abs_of_neg (K := K) sign]
          exact twoPow_le_of_leadingExponent (by omega) h
        refine le_of_mul_le_mul_right ?_ (hexp.positive (0 - toRing K x))
        rw [hexp.mul_neg, ← twoPow_neg_mul (K := K) expLimitPower]
        exact mul_le_mul_left past (BinaryLaws.twoPow_nonneg _)
      · rfl

end Conform.Enclosure
