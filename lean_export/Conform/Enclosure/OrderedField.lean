import Conform.Enclosure.RingIdentity

/-!
# Ordered fields

The numbers that functions such as `exp` are about: an ordered ring with powers of two, whose order is total, and in
which every number but zero has an inverse. The laws are hypotheses, as everywhere here; the reals are such a field.

Main definitions: `Conform.Enclosure.OrderedFieldLaws`, `Conform.Enclosure.Positive`.
-/

namespace Conform.Enclosure

open Soundness Spec Spec.Laws

/-- The laws of an ordered field with its integers, powers of two, and absolute value. -/
class OrderedFieldLaws (K : Type) [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K] : Prop
    extends BinaryLaws K where
  le_total : ∀ a b : K, a ≤ b ∨ b ≤ a
  le_antisymm : ∀ {a b : K}, a ≤ b → b ≤ a → a = b
  exists_inverse : ∀ a : K, a ≠ 0 → ∃ b, a * b = 1
  abs_le_iff : ∀ {a b : K}, abs a ≤ b ↔ a ≤ b ∧ 0 - a ≤ b

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]

/-- Greater than zero. -/
def Positive (a : K) : Prop := ¬a ≤ 0

variable [OrderedFieldLaws K] {a b c d : K}

theorem le_total (a b : K) : a ≤ b ∨ b ≤ a := OrderedFieldLaws.le_total a b

theorem le_antisymm (h : a ≤ b) (h' : b ≤ a) : a = b := OrderedFieldLaws.le_antisymm h h'

/-- What is greater by something that is not negative. -/
theorem le_of_eq_add (h : 0 ≤ c) (e : b = a + c) : a ≤ b := by
  rw [e]
  exact le_add_right a h

theorem le_of_sub_nonneg (h : 0 ≤ b - a) : a ≤ b := le_of_eq_add h (by ring_by [a, b])

theorem sub_le_sub (h : a ≤ b) (h' : c ≤ d) : a - d ≤ b - c :=
  le_of_eq_add (add_nonneg (sub_nonneg h) (sub_nonneg h')) (by ring_by [a, b, c, d])

theorem neg_nonneg (h : a ≤ 0) : 0 ≤ 0 - a := sub_nonneg h

theorem neg_nonpos (h : 0 ≤ a) : 0 - a ≤ 0 := le_of_eq_add h (by ring_by [a])

theorem mul_self_nonneg (a : K) : 0 ≤ a * a := by
  rcases le_total 0 a with h | h
  · exact mul_nonneg h h
  · have := mul_nonneg (neg_nonneg h) (neg_nonneg h)
    have e : (0 - a) * (0 - a) = a * a := by ring_by [a]
    rwa [e] at this

theorem Positive.nonneg (h : Positive a) : 0 ≤ a := (le_total 0 a).resolve_right h

theorem Positive.ne_zero (h : Positive a) : a ≠ 0 := fun e => h (by rw [e]; exact le_refl _)

theorem Positive.of_le (h : Positive a) (h' : a ≤ b) : Positive b := fun h'' => h (le_trans h' h'')

theorem one_ne_zero : (1 : K) ≠ 0 := fun e => by
  have h : (ofInt 1 : K) ≤ ofInt 0 := by
    rw [ofInt_one, BinaryLaws.ofInt_zero, e]
    exact le_refl _
  have := BinaryLaws.le_of_ofInt_le h
  omega

theorem positive_one : Positive (1 : K) := fun h => one_ne_zero (le_antisymm h zero_le_one)

/-- A product that is zero has a factor that is. -/
theorem eq_zero_of_mul (hc : c ≠ 0) (h : a * c = 0) : a = 0 := by
  obtain ⟨d, hd⟩ := OrderedFieldLaws.exists_inverse c hc
  rw [← mul_one a, ← hd, ← mul_assoc, h, zero_mul]

/-- A positive factor cancels in an inequality. -/
theorem le_of_mul_le_mul_right (h : a * c ≤ b * c) (hc : Positive c) : a ≤ b := by
  rcases le_total a b with h' | h'
  · exact h'
  · have e := le_antisymm h (mul_le_mul_right h' hc.nonneg)
    have z : (b - a) * c = 0 := by
      have : (b - a) * c = b * c - a * c := by ring_by [a, b, c]
      rw [this, e]
      exact sub_self _
    have := eq_zero_of_mul hc.ne_zero z
    have e' : b = a := by rw [← sub_add_cancel b a, this, zero_add]
    exact le_of_eq e'.symm

theorem le_of_mul_le_mul_left (h : c * a ≤ c * b) (hc : Positive c) : a ≤ b := by
  rw [mul_comm c, mul_comm c] at h
  exact le_of_mul_le_mul_right h hc

/-- Products of positive numbers are positive. -/
theorem Positive.mul (ha : Positive a) (hb : Positive b) : Positive (a * b) := fun h =>
  ha (le_of_mul_le_mul_right (by rwa [zero_mul]) hb)

/-- A product of a positive number that is not negative has another factor that is not. -/
theorem nonneg_of_mul (h : 0 ≤ a * c) (hc : Positive c) : 0 ≤ a :=
  le_of_mul_le_mul_right (by rwa [zero_mul]) hc

theorem ofInt_nonneg {n : Int} (h : 0 ≤ n) : (0 : K) ≤ ofInt n := by
  have e : n = (n.natAbs : Int) := by omega
  rw [e, ← BinaryLaws.abs_ofInt]
  exact abs_nonneg _

theorem ofInt_sub (m n : Int) : (ofInt (m - n) : K) = ofInt m - ofInt n := by
  have e : (ofInt m : K) = ofInt (m - n) + ofInt n := by
    rw [← BinaryLaws.ofInt_add]
    congr 1
    omega
  rw [e, add_sub_cancel_right]

theorem ofInt_le {m n : Int} (h : m ≤ n) : (ofInt m : K) ≤ ofInt n := by
  refine le_of_sub_nonneg ?_
  rw [← ofInt_sub]
  exact ofInt_nonneg (by omega)

theorem positive_ofInt {n : Int} (h : 0 < n) : Positive (ofInt n : K) := fun h' => by
  rw [← BinaryLaws.ofInt_zero] at h'
  have := BinaryLaws.le_of_ofInt_le h'
  omega

theorem positive_twoPow (e : Int) : Positive (twoPow e : K) := fun h => by
  have := mul_le_mul_right h (BinaryLaws.twoPow_nonneg (-e))
  rw [zero_mul, ← BinaryLaws.twoPow_add, Int.add_right_neg, BinaryLaws.twoPow_zero] at this
  exact positive_one this

theorem twoPow_mul_neg (e : Int) : (twoPow e * twoPow (-e) : K) = 1 := by
  rw [← BinaryLaws.twoPow_add, Int.add_right_neg, BinaryLaws.twoPow_zero]

theorem twoPow_neg_mul (e : Int) : (twoPow (-e) * twoPow e : K) = 1 := by
  rw [mul_comm, twoPow_mul_neg]

/-- Half of two is one. -/
theorem twoPow_neg_one_add : (twoPow (-1) + twoPow (-1) : K) = 1 := by
  have e : (twoPow 1 : K) = ofInt 2 := BinaryLaws.twoPow_natCast 1
  rw [← twoPow_neg_mul (K := K) 1, e]
  ring_by [(twoPow (-1) : K)]

/-- The two halves of a number. -/
theorem half_add_half (x : K) : twoPow (-1) * x + twoPow (-1) * x = x := by
  rw [← add_mul, twoPow_neg_one_add, one_mul]

/-- What is not negative when doubled is not negative. -/
theorem nonneg_of_add_self (h : 0 ≤ a + a) : 0 ≤ a := by
  have := mul_nonneg (BinaryLaws.twoPow_nonneg (K := K) (-1)) h
  rwa [mul_add, half_add_half] at this

/-- What is positive when doubled is positive. -/
theorem Positive.of_add_self (h : Positive (a + a)) : Positive a := fun h' => h (by
  have := add_le_add h' h'
  rwa [zero_add] at this)

end Conform.Enclosure
