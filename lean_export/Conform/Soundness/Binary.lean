import Conform.Soundness.OrderedRing

/-!
# Powers of two

An ordered ring with its integers and its powers of two, of negative exponent too: the numbers that a binary
floating-point format is cut out of.

Main definitions: `Conform.Soundness.Binary`, `Conform.Soundness.BinaryLaws`, `Conform.Soundness.IsMultiple`,
`Conform.Soundness.Format`, `Conform.Soundness.Format.Represents`.
-/

namespace Conform.Soundness

open Spec Spec.Laws

/-- Integers and powers of two as elements of `K`. -/
class Binary (K : Type) where
  ofInt : Int → K
  twoPow : Int → K

export Binary (ofInt twoPow)

/-- The laws of an ordered ring with its integers and powers of two. -/
class BinaryLaws (K : Type) [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K] : Prop
    extends OrderedRingLaws K where
  ofInt_zero : ofInt 0 = (0 : K)
  ofInt_add : ∀ a b : Int, ofInt (a + b) = (ofInt a + ofInt b : K)
  ofInt_mul : ∀ a b : Int, ofInt (a * b) = (ofInt a * ofInt b : K)
  le_of_ofInt_le : ∀ {a b : Int}, (ofInt a : K) ≤ ofInt b → a ≤ b
  abs_ofInt : ∀ a : Int, abs (ofInt a : K) = ofInt (a.natAbs : Int)
  twoPow_zero : twoPow 0 = (1 : K)
  twoPow_add : ∀ a b : Int, twoPow (a + b) = (twoPow a * twoPow b : K)
  twoPow_natCast : ∀ n : Nat, twoPow (n : Int) = (ofInt ((2 ^ n : Nat) : Int) : K)
  twoPow_nonneg : ∀ a : Int, (0 : K) ≤ twoPow a
  abs_twoPow : ∀ a : Int, abs (twoPow a : K) = twoPow a
  max_le_iff : ∀ {a b c : K}, max a b ≤ c ↔ a ≤ c ∧ b ≤ c

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]

/-- `x` is an integer times `2 ^ q`. -/
def IsMultiple (q : Int) (x : K) : Prop := ∃ n : Int, x = ofInt n * twoPow q

/-- A binary format: significands of `precision` bits, exponents from `emin`, numbers up to `largest`. -/
structure Format (K : Type) where
  precision : Nat
  emin : Int
  largest : K

/-- The number is in the format: `n * 2 ^ q` with `|n| ≤ 2 ^ precision`, `q ≥ emin`, and not past the largest
number. -/
def Format.Represents (F : Format K) (x : K) : Prop :=
  ∃ n q : Int, x = ofInt n * twoPow q ∧ n.natAbs ≤ 2 ^ F.precision ∧ F.emin ≤ q ∧ abs x ≤ F.largest

/-- A rounding leaves numbers of the format unchanged. Nothing is assumed of other numbers. -/
def Format.Rounds (F : Format K) (exact result : K) : Prop := F.Represents exact → result = exact

variable [BinaryLaws K] {q r : Int} {x y : K}

/-- Zero is a multiple of every power of two. -/
theorem isMultiple_zero (q : Int) : IsMultiple q (0 : K) := ⟨0, by rw [BinaryLaws.ofInt_zero, zero_mul]⟩

/-- A multiple of `2 ^ r` is one of `2 ^ q` for `q ≤ r`. -/
theorem IsMultiple.mono (h : IsMultiple r x) (hq : q ≤ r) : IsMultiple q x := by
  obtain ⟨n, rfl⟩ := h
  refine ⟨n * ((2 ^ (r - q).toNat : Nat) : Int), ?_⟩
  rw [BinaryLaws.ofInt_mul, ← BinaryLaws.twoPow_natCast, mul_assoc, ← BinaryLaws.twoPow_add]
  congr 2
  omega

/-- Sums of multiples are multiples. -/
theorem IsMultiple.add (hx : IsMultiple q x) (hy : IsMultiple q y) : IsMultiple q (x + y) := by
  obtain ⟨m, rfl⟩ := hx
  obtain ⟨n, rfl⟩ := hy
  exact ⟨m + n, by rw [BinaryLaws.ofInt_add, add_mul]⟩

/-- In products the exponents add. -/
theorem IsMultiple.mul (hx : IsMultiple q x) (hy : IsMultiple r y) : IsMultiple (q + r) (x * y) := by
  obtain ⟨m, rfl⟩ := hx
  obtain ⟨n, rfl⟩ := hy
  refine ⟨m * n, ?_⟩
  rw [BinaryLaws.ofInt_mul, BinaryLaws.twoPow_add]
  ac_rfl

/-- A power of two cancels in an inequality. -/
theorem le_of_mul_twoPow_le (h : x * twoPow q ≤ y * twoPow q) : x ≤ y := by
  have cancel : ∀ z : K, z * twoPow q * twoPow (-q) = z := fun z => by
    rw [mul_assoc, ← BinaryLaws.twoPow_add, Int.add_right_neg, BinaryLaws.twoPow_zero, mul_one]
  have := mul_le_mul_right h (BinaryLaws.twoPow_nonneg (-q))
  rwa [cancel, cancel] at this

/-- Powers of two grow with the exponent. -/
theorem twoPow_le_twoPow (h : q ≤ r) : (twoPow q : K) ≤ twoPow r := by
  have e : r = ((r - q).toNat : Int) + q := by omega
  have one : (1 : K) ≤ twoPow ((r - q).toNat : Int) := by
    induction (r - q).toNat with
    | zero => exact le_of_eq BinaryLaws.twoPow_zero.symm
    | succ n ih =>
      rw [Int.natCast_add, BinaryLaws.twoPow_add]
      refine le_trans ih ?_
      rw [mul_comm]
      have two : (1 : K) ≤ twoPow ((1 : Nat) : Int) := by
        rw [BinaryLaws.twoPow_natCast]
        show (1 : K) ≤ ofInt (1 + 1)
        rw [BinaryLaws.ofInt_add]
        have h1 : (ofInt 1 : K) = 1 := (BinaryLaws.twoPow_natCast (K := K) 0).symm.trans BinaryLaws.twoPow_zero
        rw [h1]
        exact le_add_right _ zero_le_one
      exact le_mul_left (BinaryLaws.twoPow_nonneg _) two
  rw [e, BinaryLaws.twoPow_add]
  exact le_mul_left (BinaryLaws.twoPow_nonneg q) one

/-- A multiple of `2 ^ q` that is at most `2 ^ (p + q)` has `p` bits: it is in the format when its exponent and its
size are. -/
theorem Format.represents_of_multiple (F : Format K) (h : IsMultiple q x) (hq : F.emin ≤ q)
    (bits : abs x ≤ twoPow ((F.precision : Int) + q)) (size : abs x ≤ F.largest) : F.Represents x := by
  obtain ⟨n, rfl⟩ := h
  refine ⟨n, q, rfl, ?_, hq, size⟩
  rw [OrderedRingLaws.abs_mul, BinaryLaws.abs_ofInt, BinaryLaws.abs_twoPow, BinaryLaws.twoPow_add] at bits
  have := le_of_mul_twoPow_le bits
  rw [BinaryLaws.twoPow_natCast] at this
  exact Int.ofNat_le.mp (BinaryLaws.le_of_ofInt_le this)

/-- The greater of two numbers is at least the first. -/
theorem le_max_left (x y : K) : x ≤ max x y := (BinaryLaws.max_le_iff.mp (le_refl _)).1

/-- Zero is in every format. -/
theorem Format.represents_zero (F : Format K) (h : 0 ≤ F.largest) : F.Represents 0 :=
  ⟨0, F.emin, by rw [BinaryLaws.ofInt_zero, zero_mul], Nat.zero_le _, Int.le_refl _,
    by rw [OrderedRingLaws.abs_zero]; exact h⟩

end Conform.Soundness
