import Conform.Enclosure.IntervalProperties
import Conform.Enclosure.Root

/-!
# The enclosure of a square root

Main results: `Conform.Enclosure.natSqrt_spec`, `Conform.Enclosure.sqrtDown_le`, `Conform.Enclosure.le_sqrtUp`.
-/

namespace Conform.Enclosure

open Soundness Spec Spec.Laws

theorem sqrtBits_spec (fuel : Nat) : ∀ n : Nat, n < 4 ^ fuel →
    sqrtBits fuel n * sqrtBits fuel n ≤ n ∧ n < (sqrtBits fuel n + 1) * (sqrtBits fuel n + 1) := by
  induction fuel with
  | zero =>
    intro n h
    have : n = 0 := by
      rw [Nat.pow_zero] at h
      omega
    subst this
    decide
  | succ fuel ih =>
    intro n h
    have quarter : n >>> 2 = n / 4 := Nat.shiftRight_eq_div_pow n 2
    have small : n >>> 2 < 4 ^ fuel := by
      rw [Nat.pow_succ] at h
      rw [quarter]
      omega
    obtain ⟨low, high⟩ := ih _ small
    unfold sqrtBits
    dsimp only
    generalize sqrtBits fuel (n >>> 2) = r at low high
    rw [quarter] at low high
    -- With `r * r` for a variable, all is linear.
    have e₁ : 2 * r * (2 * r) = 4 * (r * r) := by
      rw [Nat.mul_assoc, Nat.mul_left_comm r, ← Nat.mul_assoc]
    have e₂ : (2 * r + 1) * (2 * r + 1) = 4 * (r * r) + 4 * r + 1 := by
      rw [Nat.add_mul, Nat.mul_add, e₁]
      omega
    have e₃ : (2 * r + 1 + 1) * (2 * r + 1 + 1) = 4 * (r * r) + 8 * r + 4 := by
      rw [Nat.add_mul (2 * r + 1) 1, Nat.mul_add (2 * r + 1), e₂]
      omega
    have e₄ : (r + 1) * (r + 1) = r * r + 2 * r + 1 := by
      rw [Nat.add_mul, Nat.mul_add]
      omega
    rw [e₄] at high
    generalize r * r = s at e₁ e₂ e₃ low high
    split
    · next h' =>
      rw [e₂] at h'
      rw [e₂, e₃]
      omega
    · next h' =>
      rw [e₂] at h'
      rw [e₁, e₂]
      omega

/-- The integer part of the square root is one. -/
theorem natSqrt_spec (n : Nat) : natSqrt n * natSqrt n ≤ n ∧ n < (natSqrt n + 1) * (natSqrt n + 1) := by
  refine sqrtBits_spec _ n ?_
  have h := Nat.lt_log2_self (n := n)
  have e : (4 : Nat) ^ (n.log2 / 2 + 1) = 2 ^ (2 * (n.log2 / 2 + 1)) := by
    rw [Nat.pow_mul]
  rw [e]
  exact Nat.lt_of_lt_of_le h (Nat.pow_le_pow_right (by decide) (by omega))

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]

/-- A square root: of a number that is not negative, the one that is not negative and whose square is the number. -/
structure IsSqrt (sqrt : K → K) : Prop where
  nonneg : ∀ x : K, 0 ≤ x → 0 ≤ sqrt x
  mul_self : ∀ x : K, 0 ≤ x → sqrt x * sqrt x = x

variable [OrderedFieldLaws K] {a b s : K} {x : Dyadic}

/-- Squares compare as numbers that are not negative. -/
theorem le_of_mul_self_le (hb : 0 ≤ b) (h : a * a ≤ b * b) : a ≤ b := by
  rcases le_total a b with h' | h'
  · exact h'
  · by_cases z : Positive (a - b)
    · have d : 0 ≤ a - b := sub_nonneg h'
      have p : Positive (a + b) := z.of_le (le_of_eq_add (add_nonneg hb hb) (by ring_by [a, b]))
      refine absurd ?_ ((z.mul p))
      exact le_of_eq_add (sub_nonneg h) (by ring_by [a, b])
    · exact le_of_sub_nonneg (by
        have : a - b ≤ 0 := Classical.not_not.mp z
        exact le_of_eq_add (sub_nonneg this) (by ring_by [a, b]))

theorem ofInt_radicand {e : Int} (he : 2 * e ≤ x.exponent) (hx : ¬x.isNegative = true) :
    ofInt ((radicand e x : Nat) : Int) * (twoPow e * twoPow e) = toRing K x := by
  have m : ((radicand e x : Nat) : Int) = x.mantissa * ((2 ^ (x.exponent - 2 * e).toNat : Nat) : Int) := by
    have : ¬x.mantissa < 0 := fun h => hx (decide_eq_true h)
    unfold radicand
    rw [Nat.shiftLeft_eq, Int.natCast_mul]
    congr 1
    omega
  have t : (twoPow e * twoPow e : K) = twoPow (2 * e) := by
    rw [← BinaryLaws.twoPow_add]
    congr 1
    omega
  rw [m, t]
  exact ofInt_mul_twoPow K x.mantissa he

theorem rootExponent_le (bits : Nat) (x : Dyadic) : 2 * rootExponent bits x ≤ x.exponent := by
  have := Int.min_le_left (x.exponent / 2) (x.leadingExponent / 2 - bits)
  unfold rootExponent
  omega

/-- The lower bound is at most the root. -/
theorem sqrtDown_le (bits : Nat) (hx : ¬x.isNegative = true) (hs : 0 ≤ s) (h : s * s = toRing K x) :
    toRing K (sqrtDown bits x) ≤ s := by
  refine le_of_mul_self_le hs ?_
  rw [h, ← ofInt_radicand (rootExponent_le bits x) hx]
  unfold sqrtDown
  dsimp only
  rw [toRing_normalize]
  generalize rootExponent bits x = e
  have i := mul_le_mul_right (ofInt_le (K := K) (Int.ofNat_le.mpr (natSqrt_spec (radicand e x)).1))
    (mul_nonneg (BinaryLaws.twoPow_nonneg e) (BinaryLaws.twoPow_nonneg e))
  rw [Int.natCast_mul, BinaryLaws.ofInt_mul] at i
  generalize (ofInt ((natSqrt (radicand e x) : Nat) : Int) : K) = r at i
  have e' : r * twoPow e * (r * twoPow e) = r * r * (twoPow e * twoPow e) := by ac_rfl
  rwa [e']

/-- The upper bound is at least the root. -/
theorem le_sqrtUp (bits : Nat) (hx : ¬x.isNegative = true) (h : s * s = toRing K x) :
    s ≤ toRing K (sqrtUp bits x) := by
  unfold sqrtUp
  dsimp only
  rw [toRing_normalize]
  refine le_of_mul_self_le (mul_nonneg (ofInt_nonneg (by omega)) (BinaryLaws.twoPow_nonneg _)) ?_
  rw [h, ← ofInt_radicand (rootExponent_le bits x) hx]
  generalize rootExponent bits x = e
  have spec := natSqrt_spec (radicand e x)
  have bound : ∀ t : Nat, radicand e x ≤ t * t →
      ofInt ((radicand e x : Nat) : Int) * (twoPow e * twoPow e) ≤
        (ofInt (t : Int) * twoPow e * (ofInt (t : Int) * twoPow e) : K) := by
    intro t ht
    have i := mul_le_mul_right (ofInt_le (K := K) (Int.ofNat_le.mpr ht))
      (mul_nonneg (BinaryLaws.twoPow_nonneg e) (BinaryLaws.twoPow_nonneg e))
    rw [Int.natCast_mul, BinaryLaws.ofInt_mul] at i
    generalize (ofInt (t : Int) : K) = r at i
    have e' : r * twoPow e * (r * twoPow e) = r * r * (twoPow e * twoPow e) := by ac_rfl
    rwa [e']
  split
  · next square => exact bound _ (Nat.le_of_eq square.symm)
  · exact bound _ (Nat.le_of_lt spec.2)

end Conform.Enclosure
