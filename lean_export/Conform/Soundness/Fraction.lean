import Conform.Soundness.Binary

/-!
# Binary fractions

The numbers `n / 2 ^ k` as an ordered ring with powers of two. Every law that the theorems take as a hypothesis holds
here, as `Conform.Soundness.FractionLaws` shows. Unit roundoffs such as `2 ^ -24` and underflows such as `2 ^ -149`
are among these numbers, so the theorems speak of the formats that there are. The reals are another such ring.

Main definition: `Conform.Soundness.Fraction`.
-/

namespace Conform.Soundness

/-- Numerator and exponent of the denominator: `num / 2 ^ den`, not in lowest terms. -/
structure Ratio where
  num : Int
  den : Nat

namespace Ratio

/-- `2 ^ k`. -/
def two (k : Nat) : Int := 2 ^ k

/-- Exponents add. -/
theorem two_add (k l : Nat) : two (k + l) = two k * two l := Int.pow_add 2 k l

/-- A power of two is positive. -/
theorem two_pos (k : Nat) : 0 < two k := Int.pow_pos (by decide)

/-- The same number: equal over the common denominator. -/
def Same (x y : Ratio) : Prop := x.num * two y.den = y.num * two x.den

/-- A number is itself. -/
theorem Same.refl (x : Ratio) : Same x x := rfl

/-- The sum over the product of the denominators. -/
def add (x y : Ratio) : Ratio := ⟨x.num * two y.den + y.num * two x.den, x.den + y.den⟩

/-- The product. -/
def mul (x y : Ratio) : Ratio := ⟨x.num * y.num, x.den + y.den⟩

/-- The difference over the product of the denominators. -/
def sub (x y : Ratio) : Ratio := ⟨x.num * two y.den - y.num * two x.den, x.den + y.den⟩

/-- The absolute value. -/
def abs (x : Ratio) : Ratio := ⟨x.num.natAbs, x.den⟩

/-- Comparison over the common denominator. -/
def le (x y : Ratio) : Prop := x.num * two y.den ≤ y.num * two x.den

/-- Sums of the same numbers are the same. -/
theorem same_add {x x' y y' : Ratio} (hx : Same x x') (hy : Same y y') : Same (add x y) (add x' y') := by
  unfold Same add at *
  simp only [two_add, Int.add_mul]
  have e₁ : x.num * two y.den * (two x'.den * two y'.den) = x.num * two x'.den * (two y.den * two y'.den) := by ac_rfl
  have e₂ : y.num * two x.den * (two x'.den * two y'.den) = y.num * two y'.den * (two x.den * two x'.den) := by ac_rfl
  rw [e₁, e₂, hx, hy]
  congr 1 <;> ac_rfl

/-- Differences of the same numbers are the same. -/
theorem same_sub {x x' y y' : Ratio} (hx : Same x x') (hy : Same y y') : Same (sub x y) (sub x' y') := by
  unfold Same sub at *
  simp only [two_add, Int.sub_mul]
  have e₁ : x.num * two y.den * (two x'.den * two y'.den) = x.num * two x'.den * (two y.den * two y'.den) := by ac_rfl
  have e₂ : y.num * two x.den * (two x'.den * two y'.den) = y.num * two y'.den * (two x.den * two x'.den) := by ac_rfl
  rw [e₁, e₂, hx, hy]
  congr 1 <;> ac_rfl

/-- Products of the same numbers are the same. -/
theorem same_mul {x x' y y' : Ratio} (hx : Same x x') (hy : Same y y') : Same (mul x y) (mul x' y') := by
  unfold Same mul at *
  simp only [two_add]
  have e : x.num * y.num * (two x'.den * two y'.den) = x.num * two x'.den * (y.num * two y'.den) := by ac_rfl
  rw [e, hx, hy]
  ac_rfl

/-- A power of two is its own absolute value. -/
theorem natAbs_two (k : Nat) : ((two k).natAbs : Int) = two k := by
  have := two_pos k
  omega

/-- Absolute values of the same numbers are the same. -/
theorem same_abs {x x' : Ratio} (hx : Same x x') : Same (abs x) (abs x') := by
  unfold Same abs at *
  show (x.num.natAbs : Int) * two x'.den = x'.num.natAbs * two x.den
  rw [← natAbs_two x'.den, ← natAbs_two x.den, ← Int.natCast_mul, ← Int.natCast_mul, ← Int.natAbs_mul,
    ← Int.natAbs_mul, hx]

/-- A power of two cancels in an inequality. -/
theorem mul_two_le {a b : Int} (k : Nat) : a * two k ≤ b * two k ↔ a ≤ b :=
  ⟨fun h => Int.le_of_mul_le_mul_right h (two_pos k),
    fun h => Int.mul_le_mul_of_nonneg_right h (Int.le_of_lt (two_pos k))⟩

/-- The same numbers compare in the same way. -/
theorem le_of_same {x x' y y' : Ratio} (hx : Same x x') (hy : Same y y') (h : le x y) : le x' y' := by
  unfold Same le at *
  rw [← mul_two_le (x.den + y.den)]
  simp only [two_add]
  have e₁ : x'.num * two y'.den * (two x.den * two y.den) = x'.num * two x.den * (two y.den * two y'.den) := by ac_rfl
  have e₂ : y'.num * two x'.den * (two x.den * two y.den) = y'.num * two y.den * (two x.den * two x'.den) := by ac_rfl
  rw [e₁, e₂, ← hx, ← hy]
  have := (mul_two_le (x'.den + y'.den)).mpr h
  simp only [two_add] at this
  have e₃ : x.num * two y.den * (two x'.den * two y'.den) = x.num * two x'.den * (two y.den * two y'.den) := by ac_rfl
  have e₄ : y.num * two x.den * (two x'.den * two y'.den) = y.num * two y'.den * (two x.den * two x'.den) := by ac_rfl
  rwa [e₃, e₄] at this

end Ratio

/-- The numbers `n / 2 ^ k`. -/
def Fraction : Type := Quot Ratio.Same

namespace Fraction

open Ratio

/-- An operation on ratios that respects equality of numbers. -/
def lift₂ (f : Ratio → Ratio → Ratio)
    (h : ∀ {x x' y y'}, Same x x' → Same y y' → Same (f x y) (f x' y')) : Fraction → Fraction → Fraction :=
  Quot.lift (fun x => Quot.lift (fun y => Quot.mk _ (f x y)) fun _ _ hy => Quot.sound (h (Same.refl x) hy))
    fun _ _ hx => funext (Quot.ind fun y => Quot.sound (h hx (Same.refl y)))

instance : Add Fraction := ⟨lift₂ Ratio.add same_add⟩
instance : Mul Fraction := ⟨lift₂ Ratio.mul same_mul⟩
instance : Sub Fraction := ⟨lift₂ Ratio.sub same_sub⟩
instance : Zero Fraction := ⟨Quot.mk _ ⟨0, 0⟩⟩
instance : One Fraction := ⟨Quot.mk _ ⟨1, 0⟩⟩
instance : Abs Fraction :=
  ⟨Quot.lift (fun x => Quot.mk _ (Ratio.abs x)) fun _ _ h => Quot.sound (same_abs h)⟩
instance : LE Fraction where
  le := Quot.lift (fun x => Quot.lift (fun y => Ratio.le x y) fun _ _ hy =>
      propext ⟨le_of_same (Same.refl x) hy, le_of_same (Same.refl x) hy.symm⟩)
    fun _ _ hx => funext (Quot.ind fun y =>
      propext ⟨le_of_same hx (Same.refl y), le_of_same hx.symm (Same.refl y)⟩)
instance : Binary Fraction where
  ofInt n := Quot.mk _ ⟨n, 0⟩
  twoPow e := Quot.mk _ ⟨two e.toNat, (-e).toNat⟩

open Classical in
noncomputable instance : Max Fraction := ⟨fun x y => if x ≤ y then y else x⟩

end Fraction

end Conform.Soundness
