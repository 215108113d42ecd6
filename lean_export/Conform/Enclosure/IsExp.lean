import Conform.Enclosure.OrderedField

/-!
# What an exponential function is

Three properties, from which everything follows that the enclosures of `exp`, of its inverse and of the hyperbolic
functions need: `exp` is positive and rises, and lies between `1 + x` and `1 / (1 - x)`. Over the reals just one
function has them.

Main definitions: `Conform.Enclosure.IsExp`, `Conform.Enclosure.IsLog`, `Conform.Enclosure.IsSinh`,
`Conform.Enclosure.IsCosh`, `Conform.Enclosure.IsTanh`.
-/

namespace Conform.Enclosure

open Soundness Spec Spec.Laws

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]

/-- An exponential function: `exp 0 = 1`, sums become products, and it lies above its tangent at zero. -/
structure IsExp (exp : K → K) : Prop where
  zero : exp 0 = 1
  add : ∀ x y : K, exp (x + y) = exp x * exp y
  one_add_le : ∀ x : K, 1 + x ≤ exp x

/-- A logarithm: the inverse of `exp` on positive numbers. -/
def IsLog (exp log : K → K) : Prop := ∀ x : K, Positive x → exp (log x) = x

/-- A hyperbolic sine: `sinh x` is half of `exp x - exp (-x)`. -/
def IsSinh (exp sinh : K → K) : Prop := ∀ x : K, sinh x = twoPow (-1) * (exp x - exp (0 - x))

/-- A hyperbolic cosine: `cosh x` is half of `exp x + exp (-x)`. -/
def IsCosh (exp cosh : K → K) : Prop := ∀ x : K, cosh x = twoPow (-1) * (exp x + exp (0 - x))

/-- A hyperbolic tangent: `tanh x` is the quotient of `exp x - exp (-x)` and `exp x + exp (-x)`. -/
def IsTanh (exp tanh : K → K) : Prop := ∀ x : K, tanh x * (exp x + exp (0 - x)) = exp x - exp (0 - x)

namespace IsExp

variable [OrderedFieldLaws K] {exp : K → K} {x y c : K}

/-- Squares are not negative. -/
theorem nonneg (h : IsExp exp) (x : K) : 0 ≤ exp x := by
  rw [← half_add_half x, h.add]
  exact mul_self_nonneg _

theorem mul_neg (h : IsExp exp) (x : K) : exp x * exp (0 - x) = 1 := by
  rw [← h.add, ← h.zero]
  congr 1
  ring_by [x]

theorem positive (h : IsExp exp) (x : K) : Positive (exp x) := fun h' => by
  have := h.mul_neg x
  rw [le_antisymm h' (h.nonneg x), zero_mul] at this
  exact one_ne_zero this.symm

/-- `exp x = exp (x / 2) ^ 2`. -/
theorem eq_mul_self (h : IsExp exp) (x : K) : exp x = exp (twoPow (-1) * x) * exp (twoPow (-1) * x) := by
  rw [← h.add, half_add_half]

/-- The function rises. -/
theorem mono (h : IsExp exp) (hxy : x ≤ y) : exp x ≤ exp y := by
  have e : exp y = exp (y - x) * exp x := by
    rw [← h.add, sub_add_cancel]
  rw [e]
  exact le_mul_left (h.nonneg x) (le_trans (le_add_right 1 (sub_nonneg hxy)) (h.one_add_le _))

/-- The function rises strictly. -/
theorem le_of_le (h : IsExp exp) (hxy : exp x ≤ exp y) : x ≤ y := by
  rcases le_total x y with h' | h'
  · exact h'
  · -- `exp y * (1 + (x - y)) ≤ exp x ≤ exp y`, so that `x - y` cannot be positive.
    have e : exp x = exp (x - y) * exp y := by
      rw [← h.add, sub_add_cancel]
    have one : exp (x - y) ≤ 1 := le_of_mul_le_mul_right (by rwa [← e, one_mul]) (h.positive y)
    have := le_trans (h.one_add_le (x - y)) one
    exact le_of_eq_add (sub_nonneg this) (by ring_by [x, y])

/-- `exp y ≤ 1 / (1 - y)`. -/
theorem one_sub_mul_le (h : IsExp exp) (y : K) : (1 - y) * exp y ≤ 1 := by
  have low : 1 - y ≤ exp (0 - y) := le_trans (le_of_eq (by ring_by [y])) (h.one_add_le _)
  have := mul_le_mul_right low (h.nonneg y)
  rwa [mul_comm (exp (0 - y)), h.mul_neg] at this

/-- `exp c ≤ 2` gives `exp (n c) ≤ 2 ^ n`. -/
theorem natCast_mul_le (h : IsExp exp) (hc : exp c ≤ twoPow 1) (n : Nat) : exp (ofInt n * c) ≤ twoPow n := by
  induction n with
  | zero =>
    have e : ofInt ((0 : Nat) : Int) * c = 0 := by
      show ofInt 0 * c = 0
      rw [BinaryLaws.ofInt_zero, zero_mul]
    rw [e, h.zero]
    exact le_of_eq BinaryLaws.twoPow_zero.symm
  | succ n ih =>
    have e : ofInt ((n + 1 : Nat) : Int) * c = ofInt n * c + c := by
      show ofInt ((n : Int) + 1) * c = _
      rw [BinaryLaws.ofInt_add, add_mul, ofInt_one, one_mul]
    rw [e, h.add]
    show _ ≤ twoPow ((n : Int) + 1)
    rw [BinaryLaws.twoPow_add]
    exact mul_le_mul ih hc (BinaryLaws.twoPow_nonneg _) (h.nonneg c)

/-- `2 ≤ exp c` gives `2 ^ n ≤ exp (n c)`. -/
theorem le_natCast_mul (h : IsExp exp) (hc : twoPow 1 ≤ exp c) (n : Nat) : twoPow n ≤ exp (ofInt n * c) := by
  induction n with
  | zero =>
    have e : ofInt ((0 : Nat) : Int) * c = 0 := by
      show ofInt 0 * c = 0
      rw [BinaryLaws.ofInt_zero, zero_mul]
    rw [e, h.zero]
    exact le_of_eq BinaryLaws.twoPow_zero
  | succ n ih =>
    have e : ofInt ((n + 1 : Nat) : Int) * c = ofInt n * c + c := by
      show ofInt ((n : Int) + 1) * c = _
      rw [BinaryLaws.ofInt_add, add_mul, ofInt_one, one_mul]
    rw [e, h.add]
    show twoPow ((n : Int) + 1) ≤ _
    rw [BinaryLaws.twoPow_add]
    exact mul_le_mul ih hc (h.nonneg _) (BinaryLaws.twoPow_nonneg _)

/-- Multiples by negative numbers are inverse. -/
theorem ofInt_neg_mul (h : IsExp exp) (n : Int) (c : K) : exp (ofInt (-n) * c) * exp (ofInt n * c) = 1 := by
  rw [← h.add, ← add_mul, ← BinaryLaws.ofInt_add, Int.add_left_neg, BinaryLaws.ofInt_zero, zero_mul, h.zero]

/-- `n ln 2` from above: `2 ^ n ≤ exp (n c)`. -/
theorem twoPow_le (h : IsExp exp) (n : Int) (hc : if 0 ≤ n then twoPow 1 ≤ exp c else exp c ≤ twoPow 1) :
    twoPow n ≤ exp (ofInt n * c) := by
  by_cases hn : 0 ≤ n
  · rw [if_pos hn] at hc
    have e : n = (n.toNat : Int) := by omega
    rw [e]
    exact h.le_natCast_mul hc _
  · rw [if_neg hn] at hc
    have e : n = -((-n).toNat : Int) := by omega
    rw [e]
    refine le_of_mul_le_mul_right ?_ (h.positive (ofInt ((-n).toNat : Int) * c))
    rw [h.ofInt_neg_mul, ← twoPow_neg_mul (K := K) ((-n).toNat : Int)]
    exact mul_le_mul_left (h.natCast_mul_le hc _) (BinaryLaws.twoPow_nonneg _)

/-- `n ln 2` from below: `exp (n c) ≤ 2 ^ n`. -/
theorem le_twoPow (h : IsExp exp) (n : Int) (hc : if 0 ≤ n then exp c ≤ twoPow 1 else twoPow 1 ≤ exp c) :
    exp (ofInt n * c) ≤ twoPow n := by
  by_cases hn : 0 ≤ n
  · rw [if_pos hn] at hc
    have e : n = (n.toNat : Int) := by omega
    rw [e]
    exact h.natCast_mul_le hc _
  · rw [if_neg hn] at hc
    have e : n = -((-n).toNat : Int) := by omega
    rw [e]
    refine le_of_mul_le_mul_right ?_ (h.positive (ofInt ((-n).toNat : Int) * c))
    rw [h.ofInt_neg_mul, ← twoPow_neg_mul (K := K) ((-n).toNat : Int)]
    exact mul_le_mul_left (h.le_natCast_mul hc _) (BinaryLaws.twoPow_nonneg _)

end IsExp

/-- What holds of tiny numbers, and of twice a number that it holds of, holds of all numbers up to a limit. -/
theorem holds_of_double [OrderedFieldLaws K] (P : K → Prop) (limit : K) (n : Nat)
    (tiny : ∀ y, 0 ≤ y → y ≤ twoPow (-(n : Int)) * limit → P y)
    (double : ∀ y, 0 ≤ y → y ≤ limit → P y → P (y + y)) {x : K} (hx : 0 ≤ x) (hl : x ≤ limit) : P x := by
  suffices step : ∀ m : Nat, m ≤ n → ∀ x, 0 ≤ x → x ≤ twoPow (-((n - m : Nat) : Int)) * limit → x ≤ limit → P x by
    refine step n (Nat.le_refl n) x hx ?_ hl
    rw [Nat.sub_self]
    show x ≤ twoPow 0 * limit
    rw [BinaryLaws.twoPow_zero, one_mul]
    exact hl
  intro m
  induction m with
  | zero => exact fun _ x hx ht _ => tiny x hx ht
  | succ m ih =>
    intro hm x hx ht hl
    have hy : 0 ≤ twoPow (-1) * x := mul_nonneg (BinaryLaws.twoPow_nonneg _) hx
    have hyl : twoPow (-1) * x ≤ limit := by
      have := le_add_right (twoPow (-1) * x) hy
      rw [half_add_half] at this
      exact le_trans this hl
    have hyt : twoPow (-1) * x ≤ twoPow (-((n - m : Nat) : Int)) * limit := by
      have e : (-((n - m : Nat) : Int)) = -1 + -((n - (m + 1) : Nat) : Int) := by omega
      rw [e, BinaryLaws.twoPow_add, mul_assoc]
      exact mul_le_mul_left ht (BinaryLaws.twoPow_nonneg _)
    have := double _ hy hyl (ih (by omega) _ hy hyt hyl)
    rwa [half_add_half] at this

end Conform.Enclosure
