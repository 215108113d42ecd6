import NN.Spec.Core.Laws

/-!
# Ordered rings

The exact numbers that an error bound talks about: a commutative ring with an order and an absolute value. The laws
are hypotheses, so what follows holds for the integers, the dyadic rationals, the rationals and the reals alike.

Main definitions: `Conform.Soundness.Abs`, `Conform.Soundness.OrderedRingLaws`, `Conform.Soundness.pow`.
-/

namespace Conform.Soundness

open Spec Spec.Laws

/-- An absolute value. -/
class Abs (K : Type) where
  abs : K → K

export Abs (abs)

/-- The laws of an ordered commutative ring with an absolute value. -/
class OrderedRingLaws (K : Type) [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] : Prop
    extends CommRingLaws K where
  le_refl : ∀ a : K, a ≤ a
  le_trans : ∀ {a b c : K}, a ≤ b → b ≤ c → a ≤ c
  add_le_add : ∀ {a b c d : K}, a ≤ b → c ≤ d → a + c ≤ b + d
  mul_nonneg : ∀ {a b : K}, 0 ≤ a → 0 ≤ b → 0 ≤ a * b
  zero_le_one : (0 : K) ≤ 1
  abs_nonneg : ∀ a : K, 0 ≤ abs a
  abs_zero : abs (0 : K) = 0
  abs_add_le : ∀ a b : K, abs (a + b) ≤ abs a + abs b
  abs_mul : ∀ a b : K, abs (a * b) = abs a * abs b

/-- The integers are such a ring. -/
instance : Abs Int := ⟨fun a => (a.natAbs : Int)⟩

instance : OrderedRingLaws Int where
  le_refl := Int.le_refl
  le_trans := Int.le_trans
  add_le_add := Int.add_le_add
  mul_nonneg := Int.mul_nonneg
  zero_le_one := by decide
  abs_nonneg a := Int.natCast_nonneg a.natAbs
  abs_zero := rfl
  abs_add_le a b := by
    show ((a + b).natAbs : Int) ≤ a.natAbs + b.natAbs
    have := Int.natAbs_add_le a b
    omega
  abs_mul a b := by
    show ((a * b).natAbs : Int) = a.natAbs * b.natAbs
    rw [Int.natAbs_mul, Int.natCast_mul]

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K]

/-- `a ^ n`. -/
def pow (a : K) : Nat → K
  | 0 => 1
  | n + 1 => pow a n * a

omit [Add K] [Zero K] [Sub K] [LE K] [Abs K] in
theorem pow_succ (a : K) (n : Nat) : pow a (n + 1) = pow a n * a := rfl

variable [OrderedRingLaws K] {a b c d : K}

theorem le_refl (a : K) : a ≤ a := OrderedRingLaws.le_refl a

theorem le_trans (h : a ≤ b) (h' : b ≤ c) : a ≤ c := OrderedRingLaws.le_trans h h'

instance : Trans (α := K) (β := K) (γ := K) (· ≤ ·) (· ≤ ·) (· ≤ ·) := ⟨le_trans⟩

theorem le_of_eq (h : a = b) : a ≤ b := h ▸ le_refl a

theorem add_le_add (h : a ≤ b) (h' : c ≤ d) : a + c ≤ b + d := OrderedRingLaws.add_le_add h h'

theorem mul_nonneg (h : 0 ≤ a) (h' : 0 ≤ b) : 0 ≤ a * b := OrderedRingLaws.mul_nonneg h h'

theorem zero_le_one : (0 : K) ≤ 1 := OrderedRingLaws.zero_le_one

theorem abs_nonneg (a : K) : 0 ≤ abs a := OrderedRingLaws.abs_nonneg a

theorem abs_add_le (a b : K) : abs (a + b) ≤ abs a + abs b := OrderedRingLaws.abs_add_le a b

theorem add_nonneg (h : 0 ≤ a) (h' : 0 ≤ b) : 0 ≤ a + b := by
  have := add_le_add h h'
  rwa [zero_add] at this

/-- More is added: `a ≤ a + b` for `b ≥ 0`. -/
theorem le_add_right (a : K) (h : 0 ≤ b) : a ≤ a + b := by
  have := add_le_add (le_refl a) h
  rwa [add_zero] at this

theorem le_add_left (a : K) (h : 0 ≤ b) : a ≤ b + a := by
  rw [add_comm]
  exact le_add_right a h

theorem sub_nonneg (h : a ≤ b) : 0 ≤ b - a := by
  have e : a + (0 - a) = 0 := by rw [add_comm, sub_add_cancel]
  have e' : b + (0 - a) = b - a := by
    rw [← add_sub_cancel_right (b + (0 - a)) a, add_assoc, sub_add_cancel, add_zero]
  have := add_le_add h (le_refl (0 - a))
  rwa [e, e'] at this

/-- What is added on both sides cancels. -/
theorem le_of_add_le_add_right (h : a + c ≤ b + c) : a ≤ b := by
  have := add_le_add h (le_refl (0 - c))
  rw [add_assoc, add_assoc, add_comm c, sub_add_cancel, add_zero, add_zero] at this
  exact this

/-- A subtrahend moves to the other side. -/
theorem le_sub_of_add_le (h : a + c ≤ b) : a ≤ b - c := by
  apply le_of_add_le_add_right (c := c)
  rwa [sub_add_cancel]

theorem mul_le_mul_left (h : a ≤ b) (hc : 0 ≤ c) : c * a ≤ c * b := by
  have := add_le_add (mul_nonneg hc (sub_nonneg h)) (le_refl (c * a))
  rwa [zero_add, ← mul_add, sub_add_cancel] at this

theorem mul_le_mul_right (h : a ≤ b) (hc : 0 ≤ c) : a * c ≤ b * c := by
  rw [mul_comm a, mul_comm b]
  exact mul_le_mul_left h hc

theorem mul_le_mul (h : a ≤ b) (h' : c ≤ d) (hb : 0 ≤ b) (hc : 0 ≤ c) : a * c ≤ b * d :=
  le_trans (mul_le_mul_right h hc) (mul_le_mul_left h' hb)

/-- A factor of one or more enlarges: `a ≤ c a` for `a ≥ 0`, `c ≥ 1`. -/
theorem le_mul_left (ha : 0 ≤ a) (hc : 1 ≤ c) : a ≤ c * a := by
  have := mul_le_mul_right hc ha
  rwa [one_mul] at this

/-- `a - c = (a - b) + (b - c)`. -/
theorem sub_add_sub (a b c : K) : a - c = a - b + (b - c) := by
  rw [← add_sub_cancel_right (a - b + (b - c)) c, add_assoc, sub_add_cancel, sub_add_cancel]

/-- The triangle inequality for distances. -/
theorem abs_sub_le (a b c : K) : abs (a - c) ≤ abs (a - b) + abs (b - c) := by
  rw [sub_add_sub a b c]
  exact abs_add_le _ _

/-- A number is no greater than another one and their distance. -/
theorem abs_le_abs_sub_add (a b : K) : abs a ≤ abs (a - b) + abs b := by
  have := abs_add_le (a - b) b
  rwa [sub_add_cancel] at this

theorem sub_self (a : K) : a - a = 0 := by
  have := add_sub_cancel_right (0 : K) a
  rwa [zero_add] at this

/-- `(a + b) - (c + d) = (a - c) + (b - d)`. -/
theorem add_sub_add (a b c d : K) : a + b - (c + d) = a - c + (b - d) := by
  rw [← add_sub_cancel_right (a - c + (b - d)) (c + d)]
  have e : a - c + (b - d) + (c + d) = (a - c + c) + (b - d + d) := by ac_rfl
  rw [e, sub_add_cancel, sub_add_cancel]

theorem pow_add (a : K) (m n : Nat) : pow a (m + n) = pow a m * pow a n := by
  induction n with
  | zero => exact (mul_one _).symm
  | succ n ih => rw [← Nat.add_assoc, pow_succ, ih, pow_succ, mul_assoc]

theorem one_le_pow (h : 1 ≤ a) (n : Nat) : 1 ≤ pow a n := by
  induction n with
  | zero => exact le_refl _
  | succ n ih => exact le_trans ih (by
      rw [pow_succ, mul_comm]
      exact le_mul_left (le_trans zero_le_one ih) h)

/-- `a ^ m ≤ a ^ n` for `m ≤ n` and `a ≥ 1`: a greater depth gives a greater bound. -/
theorem pow_le_pow (h : 1 ≤ a) {m n : Nat} (hmn : m ≤ n) : pow a m ≤ pow a n := by
  obtain ⟨k, rfl⟩ := Nat.exists_eq_add_of_le hmn
  rw [pow_add, mul_comm]
  exact le_mul_left (le_trans zero_le_one (one_le_pow h m)) (one_le_pow h k)

end Conform.Soundness
