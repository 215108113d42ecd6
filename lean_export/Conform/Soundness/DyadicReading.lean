import Conform.DyadicProperties
import Conform.Soundness.Binary

/-!
# Dyadic numbers compute exactly

A dyadic number stands for an element of any ordered ring with powers of two. The exporter's sums, products, absolute
values and comparisons are those of the ring.

Main definition: `Conform.Soundness.toRing`.
Main results: `Conform.Soundness.toRing_add`, `Conform.Soundness.toRing_mul`, `Conform.Soundness.toRing_abs`,
`Conform.Soundness.toRing_le`, `Conform.Soundness.toRing_max`.
-/

namespace Conform.Soundness

open Spec.Laws

variable (K : Type) [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]

/-- The number that `x` stands for. -/
def toRing (x : Dyadic) : K := ofInt x.mantissa * twoPow x.exponent

variable [BinaryLaws K]

/-- The integer one is the one of the ring. -/
theorem ofInt_one : ofInt 1 = (1 : K) :=
  (BinaryLaws.twoPow_natCast (K := K) 0).symm.trans BinaryLaws.twoPow_zero

/-- An integer times a power of two, at a smaller exponent. -/
theorem ofInt_mul_twoPow (m : Int) {e f : Int} (h : f ≤ e) :
    ofInt (m * ((2 ^ (e - f).toNat : Nat) : Int)) * twoPow f = (ofInt m * twoPow e : K) := by
  rw [BinaryLaws.ofInt_mul, ← BinaryLaws.twoPow_natCast, mul_assoc, ← BinaryLaws.twoPow_add]
  congr 2
  omega

/-- The mantissa at a smaller exponent gives the same number. -/
theorem toRing_mantissaAt (x : Dyadic) {e : Int} (h : e ≤ x.exponent) :
    ofInt (x.mantissaAt e) * twoPow e = toRing K x :=
  ofInt_mul_twoPow K x.mantissa h

/-- A number of mantissa zero is zero. -/
theorem toRing_of_mantissa {x : Dyadic} (h : x.mantissa = 0) : toRing K x = 0 := by
  unfold toRing
  rw [h, BinaryLaws.ofInt_zero, zero_mul]

/-- Stripping factors of two does not change the number. -/
theorem toRing_strip (fuel : Nat) : ∀ m e : Int, toRing K (Dyadic.strip fuel m e) = ofInt m * twoPow e := by
  induction fuel with
  | zero => intro m e; rfl
  | succ fuel ih =>
    intro m e
    unfold Dyadic.strip
    by_cases odd : m % 2 = 1
    · rw [if_pos odd]
      rfl
    · rw [if_neg odd, ih, ← ofInt_mul_twoPow K (m / 2) (show e ≤ e + 1 by omega)]
      have one : (e + 1 - e).toNat = 1 := by omega
      rw [one]
      congr 2
      show m / 2 * 2 = m
      omega

/-- `normalize` does not change the number. -/
theorem toRing_normalize (m e : Int) : toRing K (Dyadic.normalize m e) = ofInt m * twoPow e := by
  unfold Dyadic.normalize
  by_cases odd : m % 2 = 1
  · rw [if_pos odd]
    rfl
  · rw [if_neg odd]
    by_cases zero : m = 0
    · rw [if_pos zero, zero, BinaryLaws.ofInt_zero, zero_mul]
      exact toRing_of_mantissa K rfl
    · rw [if_neg zero]
      have := toRing_strip K (m.natAbs + 1) m e
      unfold Dyadic.strip at this
      rwa [if_neg odd] at this

/-- Zero stands for zero. -/
theorem toRing_zero : toRing K 0 = 0 := toRing_of_mantissa K rfl

/-- One stands for one. -/
theorem toRing_one : toRing K (Dyadic.twoPow 0) = 1 := by
  show ofInt 1 * twoPow 0 = (1 : K)
  rw [ofInt_one, BinaryLaws.twoPow_zero, one_mul]

/-- The sum stands for the sum. -/
theorem toRing_add (x y : Dyadic) : toRing K (x + y) = toRing K x + toRing K y := by
  show toRing K (Dyadic.add x y) = _
  unfold Dyadic.add
  by_cases zx : x.mantissa = 0
  · rw [if_pos zx, toRing_of_mantissa K zx, zero_add]
  · rw [if_neg zx]
    by_cases zy : y.mantissa = 0
    · rw [if_pos zy, toRing_of_mantissa K zy, add_zero]
    · rw [if_neg zy]
      show toRing K (Dyadic.normalize _ _) = _
      rw [toRing_normalize, BinaryLaws.ofInt_add, add_mul, toRing_mantissaAt K x (Int.min_le_left _ _),
        toRing_mantissaAt K y (Int.min_le_right _ _)]

/-- The product stands for the product. -/
theorem toRing_mul (x y : Dyadic) : toRing K (x * y) = toRing K x * toRing K y := by
  by_cases zx : x.mantissa = 0
  · rw [Dyadic.mul_eq_zero (Or.inl zx), toRing_of_mantissa K zx, zero_mul, toRing_zero]
  · by_cases zy : y.mantissa = 0
    · rw [Dyadic.mul_eq_zero (Or.inr zy), toRing_of_mantissa K zy, mul_zero, toRing_zero]
    · rw [Dyadic.mul_eq zx zy]
      show ofInt (x.mantissa * y.mantissa) * twoPow (x.exponent + y.exponent) =
        (ofInt x.mantissa * twoPow x.exponent * (ofInt y.mantissa * twoPow y.exponent) : K)
      rw [BinaryLaws.ofInt_mul, BinaryLaws.twoPow_add]
      ac_rfl

/-- The absolute value stands for the absolute value. -/
theorem toRing_abs (x : Dyadic) : toRing K x.abs = abs (toRing K x) := by
  unfold toRing
  rw [OrderedRingLaws.abs_mul, BinaryLaws.abs_ofInt, BinaryLaws.abs_twoPow]
  rfl

/-- Dyadic numbers compare as the numbers that they stand for. -/
theorem toRing_le (x y : Dyadic) : x ≤ y ↔ toRing K x ≤ toRing K y := by
  have unfold_le : x ≤ y ↔ x.mantissaAt (min x.exponent y.exponent) ≤ y.mantissaAt (min x.exponent y.exponent) :=
    ⟨fun h => of_decide_eq_true h, fun h => decide_eq_true h⟩
  rw [unfold_le, ← toRing_mantissaAt K x (Int.min_le_left x.exponent y.exponent),
    ← toRing_mantissaAt K y (Int.min_le_right x.exponent y.exponent)]
  generalize x.mantissaAt (min x.exponent y.exponent) = m
  generalize y.mantissaAt (min x.exponent y.exponent) = n
  constructor
  · intro h
    refine mul_le_mul_right ?_ (BinaryLaws.twoPow_nonneg _)
    have e : n = m + ((n - m).natAbs : Int) := by omega
    rw [e, BinaryLaws.ofInt_add, ← BinaryLaws.abs_ofInt]
    exact le_add_right _ (abs_nonneg _)
  · intro h
    exact BinaryLaws.le_of_ofInt_le (le_of_mul_twoPow_le h)

/-- The larger of two numbers is at most what both are at most. -/
theorem toRing_max (x y : Dyadic) (c : K) : toRing K (max x y) ≤ c ↔ toRing K x ≤ c ∧ toRing K y ≤ c := by
  show toRing K (Dyadic.max x y) ≤ c ↔ _
  unfold Dyadic.max
  by_cases h : x.ble y = true
  · rw [if_pos h]
    exact ⟨fun hy => ⟨le_trans ((toRing_le K x y).mp h) hy, hy⟩, fun h => h.2⟩
  · rw [if_neg h]
    have total : y ≤ x := by
      have h' : ¬ x.mantissaAt (min x.exponent y.exponent) ≤ y.mantissaAt (min x.exponent y.exponent) :=
        fun h' => h (decide_eq_true h')
      show y.ble x = true
      refine decide_eq_true ?_
      show y.mantissaAt (min y.exponent x.exponent) ≤ x.mantissaAt (min y.exponent x.exponent)
      rw [Int.min_comm]
      omega
    exact ⟨fun hx => ⟨hx, le_trans ((toRing_le K y x).mp total) hx⟩, fun h => h.1⟩

end Conform.Soundness
