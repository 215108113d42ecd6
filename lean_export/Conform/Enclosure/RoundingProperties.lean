import Conform.Enclosure.OrderedField
import Conform.Enclosure.Rounding

/-!
# Directed rounding goes in its direction

Main results: `Conform.Enclosure.floorAt_le`, `Conform.Enclosure.le_ceilAt`, `Conform.Enclosure.roundDown_le`,
`Conform.Enclosure.le_roundUp`.
-/

namespace Conform.Enclosure

open Soundness Spec Spec.Laws

/-- A shift to the right is the integer quotient by a power of two. -/
theorem shiftRight_bounds (m : Int) (s : Nat) :
    m >>> s * ((2 ^ s : Nat) : Int) ≤ m ∧ m ≤ (m >>> s + 1) * ((2 ^ s : Nat) : Int) := by
  have parts : ∀ n : Nat, ∃ r, n = (n >>> s) * 2 ^ s + r ∧ r < 2 ^ s := fun n => by
    refine ⟨n % 2 ^ s, ?_, Nat.mod_lt _ (Nat.two_pow_pos s)⟩
    rw [Nat.shiftRight_eq_div_pow, Nat.mul_comm, Nat.div_add_mod]
  cases m with
  | ofNat n =>
    obtain ⟨r, e, h⟩ := parts n
    show ((n >>> s : Nat) : Int) * ((2 ^ s : Nat) : Int) ≤ n ∧
      (n : Int) ≤ (((n >>> s : Nat) : Int) + 1) * ((2 ^ s : Nat) : Int)
    rw [Int.add_mul, Int.one_mul, ← Int.natCast_mul]
    omega
  | negSucc n =>
    obtain ⟨r, e, h⟩ := parts n
    show Int.negSucc (n >>> s) * ((2 ^ s : Nat) : Int) ≤ Int.negSucc n ∧
      Int.negSucc n ≤ (Int.negSucc (n >>> s) + 1) * ((2 ^ s : Nat) : Int)
    have e₁ : Int.negSucc (n >>> s) * ((2 ^ s : Nat) : Int) = -(((n >>> s) * 2 ^ s + 2 ^ s : Nat) : Int) := by
      have a : Int.negSucc (n >>> s) = -(((n >>> s) + 1 : Nat) : Int) := by omega
      rw [a, Int.neg_mul, ← Int.natCast_mul, Nat.add_mul, Nat.one_mul]
    rw [Int.add_mul, Int.one_mul, e₁]
    omega

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]
variable [OrderedFieldLaws K]

theorem ofInt_neg (n : Int) : (ofInt (-n) : K) = 0 - ofInt n := by
  rw [← BinaryLaws.ofInt_zero, ← ofInt_sub]
  congr 1
  omega

theorem toRing_neg (x : Dyadic) : toRing K (-x) = 0 - toRing K x := by
  show ofInt (-x.mantissa) * twoPow x.exponent = 0 - ofInt x.mantissa * twoPow x.exponent
  rw [ofInt_neg]
  ring_by [(ofInt x.mantissa : K), twoPow x.exponent]

theorem toRing_sub (x y : Dyadic) : toRing K (x - y) = toRing K x - toRing K y := by
  show toRing K (x + -y) = _
  rw [toRing_add, toRing_neg]
  ring_by [toRing K x, toRing K y]

theorem toRing_twoPow (e : Int) : toRing K (.twoPow e) = twoPow e := by
  show ofInt 1 * twoPow e = _
  rw [ofInt_one, one_mul]

theorem toRing_half (x : Dyadic) : toRing K x.half = twoPow (-1) * toRing K x := by
  unfold Dyadic.half
  split
  · next h =>
    rw [toRing_of_mantissa K (of_decide_eq_true h), mul_zero]
  · show ofInt x.mantissa * twoPow (x.exponent + -1) = twoPow (-1) * (ofInt x.mantissa * twoPow x.exponent)
    rw [BinaryLaws.twoPow_add]
    ac_rfl

theorem toRing_isZero {x : Dyadic} (h : x.isZero = true) : toRing K x = 0 :=
  toRing_of_mantissa K (of_decide_eq_true h)

theorem toRing_nonneg {x : Dyadic} (h : ¬x.isNegative = true) : 0 ≤ toRing K x :=
  mul_nonneg (ofInt_nonneg (Int.not_lt.mp fun h' => h (decide_eq_true h'))) (BinaryLaws.twoPow_nonneg _)

theorem toRing_nonpos {x : Dyadic} (h : x.isNegative = true) : toRing K x ≤ 0 := by
  have m := ofInt_le (K := K) (Int.le_of_lt (of_decide_eq_true h))
  have := mul_le_mul_right m (BinaryLaws.twoPow_nonneg x.exponent)
  rwa [BinaryLaws.ofInt_zero, zero_mul] at this

theorem toRing_positive {x : Dyadic} (h : ¬x.isNegative = true) (h' : ¬x.isZero = true) : Positive (toRing K x) := by
  have p : 0 < x.mantissa := by
    have a : ¬x.mantissa < 0 := fun h'' => h (decide_eq_true h'')
    have b : ¬x.mantissa = 0 := fun h'' => h' (decide_eq_true h'')
    omega
  exact (positive_ofInt p).mul (positive_twoPow _)

/-- A number that is neither zero nor stands for a negative one is positive. -/
theorem toRing_positive_of_nonneg {x : Dyadic} (h : 0 ≤ toRing K x) (h' : ¬x.isZero = true) :
    Positive (toRing K x) := by
  refine toRing_positive (fun negative => ?_) h'
  have p : 0 < -x.mantissa := by
    have := of_decide_eq_true negative
    omega
  have := (positive_ofInt (K := K) p).mul (positive_twoPow x.exponent)
  rw [ofInt_neg] at this
  refine this ?_
  have e : (0 - ofInt x.mantissa) * twoPow x.exponent = 0 - toRing K x := by
    unfold toRing
    ring_by [(ofInt x.mantissa : K), twoPow x.exponent]
  rw [e]
  exact neg_nonpos h

/-- A shift to the right rounds down. -/
theorem shiftRight_le (m : Int) (s : Nat) (e : Int) :
    (ofInt (m >>> s) * twoPow (e + s) : K) ≤ ofInt m * twoPow e := by
  have h := (shiftRight_bounds m s).1
  have := mul_le_mul_right (ofInt_le (K := K) h) (BinaryLaws.twoPow_nonneg e)
  rw [BinaryLaws.ofInt_mul, ← BinaryLaws.twoPow_natCast, mul_assoc, ← BinaryLaws.twoPow_add, Int.add_comm] at this
  exact this

/-- A shift to the right rounds down by less than one. -/
theorem le_shiftRight (m : Int) (s : Nat) (e : Int) :
    (ofInt m * twoPow e : K) ≤ ofInt (m >>> s + 1) * twoPow (e + s) := by
  have h := (shiftRight_bounds m s).2
  have := mul_le_mul_right (ofInt_le (K := K) h) (BinaryLaws.twoPow_nonneg e)
  rw [BinaryLaws.ofInt_mul, ← BinaryLaws.twoPow_natCast, mul_assoc, ← BinaryLaws.twoPow_add,
    Int.add_comm (s : Int)] at this
  exact this

theorem floorAt_le (e : Int) (x : Dyadic) : ofInt (x.floorAt e) * twoPow e ≤ toRing K x := by
  unfold Dyadic.floorAt
  split
  · next h => exact le_of_eq (toRing_mantissaAt K x h)
  · next h =>
    have := shiftRight_le (K := K) x.mantissa (e - x.exponent).toNat x.exponent
    have e' : x.exponent + ((e - x.exponent).toNat : Int) = e := by omega
    rwa [e'] at this

theorem le_ceilAt (e : Int) (x : Dyadic) : toRing K x ≤ ofInt (x.ceilAt e) * twoPow e := by
  have := floorAt_le (K := K) e (-x)
  rw [toRing_neg] at this
  unfold Dyadic.ceilAt
  rw [ofInt_neg]
  exact le_of_eq_add (sub_nonneg this) (by
    ring_by [toRing K x, (ofInt ((-x).floorAt e) : K), twoPow e])

theorem roundDown_le (bits : Nat) (x : Dyadic) : toRing K (x.roundDown bits) ≤ toRing K x := by
  show toRing K (if x.roundingExponent bits ≤ x.exponent then x else .normalize (x.floorAt _) _) ≤ _
  split
  · exact le_refl _
  · rw [toRing_normalize]
    exact floorAt_le _ x

theorem le_roundUp (bits : Nat) (x : Dyadic) : toRing K x ≤ toRing K (x.roundUp bits) := by
  have := roundDown_le (K := K) bits (-x)
  rw [toRing_neg] at this
  unfold Dyadic.roundUp
  rw [toRing_neg]
  exact le_of_eq_add (sub_nonneg this) (by ring_by [toRing K x, toRing K (Dyadic.roundDown bits (-x))])

/-- A number of leading exponent `k` or more is at least `2 ^ k`. -/
theorem twoPow_le_of_leadingExponent {x : Dyadic} {k : Int} (h : k ≤ x.leadingExponent) (hx : ¬x.isZero = true) :
    twoPow k ≤ toRing K x.abs := by
  have m : ((2 ^ x.mantissa.natAbs.log2 : Nat) : Int) ≤ x.mantissa.natAbs := by
    have := Nat.log2_self_le (n := x.mantissa.natAbs) (fun h' => hx (decide_eq_true (Int.natAbs_eq_zero.mp h')))
    omega
  have := mul_le_mul_right (ofInt_le (K := K) m) (BinaryLaws.twoPow_nonneg x.exponent)
  rw [← BinaryLaws.twoPow_natCast, ← BinaryLaws.twoPow_add, Int.add_comm] at this
  exact le_trans (twoPow_le_twoPow h) this

/-- A number of leading exponent less than `k` is at most `2 ^ k`. -/
theorem le_twoPow_of_leadingExponent {x : Dyadic} {k : Int} (h : x.leadingExponent < k) :
    toRing K x.abs ≤ twoPow k := by
  have m : (x.mantissa.natAbs : Int) ≤ ((2 ^ (x.mantissa.natAbs.log2 + 1) : Nat) : Int) := by
    have := Nat.lt_log2_self (n := x.mantissa.natAbs)
    omega
  have := mul_le_mul_right (ofInt_le (K := K) m) (BinaryLaws.twoPow_nonneg x.exponent)
  rw [← BinaryLaws.twoPow_natCast, ← BinaryLaws.twoPow_add, Int.add_comm] at this
  refine le_trans this (twoPow_le_twoPow ?_)
  unfold Dyadic.leadingExponent at h
  omega

omit [Add K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [OrderedFieldLaws K] in
/-- A number is its absolute value, or the negative of it. -/
theorem toRing_abs_of_nonneg {x : Dyadic} (h : ¬x.isNegative = true) : toRing K x.abs = toRing K x := by
  show ofInt (x.mantissa.natAbs : Int) * _ = ofInt x.mantissa * _
  have a : ¬x.mantissa < 0 := fun h'' => h (decide_eq_true h'')
  congr 2
  omega

theorem toRing_abs_of_neg {x : Dyadic} (h : x.isNegative = true) : toRing K x.abs = 0 - toRing K x := by
  rw [← toRing_neg]
  show ofInt (x.mantissa.natAbs : Int) * _ = ofInt (-x.mantissa) * _
  have a : x.mantissa < 0 := of_decide_eq_true h
  congr 2
  omega

end Conform.Enclosure
