import Conform.Soundness.Fraction

/-!
# The binary fractions are an ordered ring with powers of two

Each law is an identity or an inequality between integers, once the denominators are multiplied out.

Main result: the instance `Conform.Soundness.BinaryLaws Conform.Soundness.Fraction`.
-/

namespace Conform.Soundness.Fraction

open Ratio Spec

/-- Ratios that are equal over the common denominator are one number. -/
theorem sound {x y : Ratio} (h : x.num * two y.den = y.num * two x.den) : (Quot.mk _ x : Fraction) = Quot.mk _ y :=
  Quot.sound h

instance : CommSemiringLaws Fraction where
  add_assoc := Quot.ind fun x => Quot.ind fun y => Quot.ind fun z => sound (by
    simp only [Ratio.add, two_add, Int.add_mul]
    ac_rfl)
  add_comm := Quot.ind fun x => Quot.ind fun y => sound (by
    simp only [Ratio.add, two_add, Int.add_mul]
    ac_rfl)
  zero_add := Quot.ind fun x => sound (by
    show (0 * two x.den + x.num * 1) * two x.den = x.num * two (0 + x.den)
    rw [Int.zero_mul, Int.zero_add, Int.mul_one, Nat.zero_add])
  mul_assoc := Quot.ind fun x => Quot.ind fun y => Quot.ind fun z => sound (by
    simp only [Ratio.mul, two_add]
    ac_rfl)
  mul_comm := Quot.ind fun x => Quot.ind fun y => sound (by
    simp only [Ratio.mul, two_add]
    ac_rfl)
  zero_mul := Quot.ind fun x => sound (by
    show 0 * x.num * two 0 = 0 * two (0 + x.den)
    rw [Int.zero_mul, Int.zero_mul, Int.zero_mul])
  mul_add := Quot.ind fun x => Quot.ind fun y => Quot.ind fun z => sound (by
    simp only [Ratio.add, Ratio.mul, two_add, Int.add_mul, Int.mul_add]
    ac_rfl)

instance : CommRingLaws Fraction where
  one_mul := Quot.ind fun x => sound (by
    show 1 * x.num * two x.den = x.num * two (0 + x.den)
    rw [Int.one_mul, Nat.zero_add])
  sub_add_cancel := Quot.ind fun x => Quot.ind fun y => sound (by
    show ((x.num * two y.den - y.num * two x.den) * two y.den + y.num * two (x.den + y.den)) * two x.den =
      x.num * two (x.den + y.den + y.den)
    simp only [two_add, Int.sub_mul, Int.add_mul]
    have e₁ : y.num * two x.den * two y.den * two x.den = y.num * (two x.den * two y.den) * two x.den := by ac_rfl
    have e₂ : x.num * two y.den * two y.den * two x.den = x.num * (two x.den * two y.den * two y.den) := by ac_rfl
    rw [e₁, Int.sub_add_cancel, e₂])
  add_sub_cancel_right := Quot.ind fun x => Quot.ind fun y => sound (by
    show ((x.num * two y.den + y.num * two x.den) * two y.den - y.num * two (x.den + y.den)) * two x.den =
      x.num * two (x.den + y.den + y.den)
    simp only [two_add, Int.sub_mul, Int.add_mul]
    have e₁ : y.num * two x.den * two y.den * two x.den = y.num * (two x.den * two y.den) * two x.den := by ac_rfl
    have e₂ : x.num * two y.den * two y.den * two x.den = x.num * (two x.den * two y.den * two y.den) := by ac_rfl
    rw [e₁, Int.add_sub_cancel, e₂])

/-- Of two numbers one is at most the other. -/
theorem le_total (x y : Fraction) : x ≤ y ∨ y ≤ x := by
  induction x using Quot.ind
  induction y using Quot.ind
  exact Int.le_total _ _

instance : OrderedRingLaws Fraction where
  le_refl := by
    intro x
    induction x using Quot.ind
    exact Int.le_refl _
  le_trans := by
    intro x y z
    induction x using Quot.ind
    induction y using Quot.ind
    induction z using Quot.ind
    rename_i x y z
    intro (h : x.num * two y.den ≤ y.num * two x.den) (h' : y.num * two z.den ≤ z.num * two y.den)
    show x.num * two z.den ≤ z.num * two x.den
    rw [← mul_two_le y.den]
    have e₁ : x.num * two z.den * two y.den = x.num * two y.den * two z.den := by ac_rfl
    have e₂ : y.num * two x.den * two z.den = y.num * two z.den * two x.den := by ac_rfl
    have e₃ : z.num * two x.den * two y.den = z.num * two y.den * two x.den := by ac_rfl
    rw [e₁, e₃]
    refine Int.le_trans ((mul_two_le z.den).mpr h) ?_
    rw [e₂]
    exact (mul_two_le x.den).mpr h'
  add_le_add := by
    intro x y z w
    induction x using Quot.ind
    induction y using Quot.ind
    induction z using Quot.ind
    induction w using Quot.ind
    rename_i x y z w
    intro (h : x.num * two y.den ≤ y.num * two x.den) (h' : z.num * two w.den ≤ w.num * two z.den)
    show (x.num * two z.den + z.num * two x.den) * two (y.den + w.den) ≤
      (y.num * two w.den + w.num * two y.den) * two (x.den + z.den)
    simp only [two_add, Int.add_mul]
    refine Int.add_le_add ?_ ?_
    · have := (mul_two_le (z.den + w.den)).mpr h
      simp only [two_add] at this
      have e₁ : x.num * two z.den * (two y.den * two w.den) = x.num * two y.den * (two z.den * two w.den) := by ac_rfl
      have e₂ : y.num * two w.den * (two x.den * two z.den) = y.num * two x.den * (two z.den * two w.den) := by ac_rfl
      rwa [e₁, e₂]
    · have := (mul_two_le (x.den + y.den)).mpr h'
      simp only [two_add] at this
      have e₁ : z.num * two x.den * (two y.den * two w.den) = z.num * two w.den * (two x.den * two y.den) := by ac_rfl
      have e₂ : w.num * two y.den * (two x.den * two z.den) = w.num * two z.den * (two x.den * two y.den) := by ac_rfl
      rwa [e₁, e₂]
  mul_nonneg := by
    intro x y
    induction x using Quot.ind
    induction y using Quot.ind
    rename_i x y
    have nonneg : ∀ z : Ratio, (0 : Fraction) ≤ Quot.mk _ z ↔ 0 ≤ z.num := by
      intro z
      show 0 * two z.den ≤ z.num * 1 ↔ _
      omega
    intro h h'
    exact (nonneg (Ratio.mul x y)).mpr (Int.mul_nonneg ((nonneg x).mp h) ((nonneg y).mp h'))
  zero_le_one := (by decide : (0 : Int) * 1 ≤ 1 * 1)
  abs_nonneg := Quot.ind fun x => by
    show 0 * two x.den ≤ (x.num.natAbs : Int) * 1
    omega
  abs_zero := rfl
  abs_add_le := Quot.ind fun x => Quot.ind fun y => by
    show ((x.num * two y.den + y.num * two x.den).natAbs : Int) * two (x.den + y.den) ≤
      ((x.num.natAbs : Int) * two y.den + (y.num.natAbs : Int) * two x.den) * two (x.den + y.den)
    rw [mul_two_le, ← natAbs_two y.den, ← natAbs_two x.den, ← Int.natCast_mul, ← Int.natCast_mul, ← Int.natAbs_mul,
      ← Int.natAbs_mul, natAbs_two, natAbs_two]
    have := Int.natAbs_add_le (x.num * two y.den) (y.num * two x.den)
    omega
  abs_mul := Quot.ind fun x => Quot.ind fun y => sound (by
    show ((x.num * y.num).natAbs : Int) * two (x.den + y.den) =
      (x.num.natAbs : Int) * (y.num.natAbs : Int) * two (x.den + y.den)
    rw [Int.natAbs_mul, Int.natCast_mul])

open Classical in
instance : BinaryLaws Fraction where
  ofInt_zero := rfl
  ofInt_add a b := sound (by
    show (a + b) * two 0 = (a * 1 + b * 1) * two 0
    rw [Int.mul_one, Int.mul_one])
  ofInt_mul a b := rfl
  le_of_ofInt_le := by
    intro a b (h : a * 1 ≤ b * 1)
    omega
  abs_ofInt a := rfl
  twoPow_zero := rfl
  twoPow_add a b := sound (by
    show two (a + b).toNat * two ((-a).toNat + (-b).toNat) = two a.toNat * two b.toNat * two (-(a + b)).toNat
    rw [← two_add, ← two_add, ← two_add]
    congr 1
    omega)
  twoPow_natCast n := sound (by
    show two (n : Int).toNat * two 0 = ((2 ^ n : Nat) : Int) * two (-(n : Int)).toNat
    have e₁ : (n : Int).toNat = n := by omega
    have e₂ : (-(n : Int)).toNat = 0 := by omega
    rw [e₁, e₂]
    exact congrArg (· * two 0) (Int.natCast_pow 2 n).symm)
  twoPow_nonneg a := by
    show 0 * two (-a).toNat ≤ two a.toNat * 1
    have := two_pos a.toNat
    omega
  abs_twoPow a := sound (congrArg (· * two (-a).toNat) (natAbs_two a.toNat))
  max_le_iff := by
    intro x y c
    show (if x ≤ y then y else x) ≤ c ↔ _
    by_cases h : x ≤ y
    · rw [if_pos h]
      exact ⟨fun hy => ⟨le_trans h hy, hy⟩, fun h => h.2⟩
    · rw [if_neg h]
      have h' : y ≤ x := (le_total x y).elim (fun h'' => absurd h'' h) id
      exact ⟨fun hx => ⟨hx, le_trans h' hx⟩, fun h => h.1⟩

end Conform.Soundness.Fraction
