import Conform.Dyadic

/-!
# Dyadic numbers stay in lowest terms

Sums, products and absolute values of numbers in lowest terms are in lowest terms again, so equal numbers are equal
structures, and what is printed is in lowest terms.

Main definition: `Conform.Dyadic.IsReduced`.
Main results: `Conform.Dyadic.isReduced_normalize`, `Conform.Dyadic.isReduced_add`, `Conform.Dyadic.isReduced_mul`.
-/

namespace Conform.Dyadic

/-- In lowest terms: the mantissa is odd, or the number is zero with exponent zero. -/
def IsReduced (x : Dyadic) : Prop := x.mantissa % 2 = 1 ∨ x = ⟨0, 0⟩

/-- Stripped of its factors of two, a nonzero mantissa is odd. -/
theorem strip_odd (fuel : Nat) : ∀ m e : Int, m ≠ 0 → m.natAbs ≤ fuel → (strip fuel m e).mantissa % 2 = 1 := by
  induction fuel with
  | zero => intro m e hm h; omega
  | succ fuel ih =>
    intro m e hm h
    unfold strip
    by_cases odd : m % 2 = 1
    · rw [if_pos odd]
      exact odd
    · rw [if_neg odd]
      exact ih _ _ (by omega) (by omega)

/-- `normalize` gives lowest terms. -/
theorem isReduced_normalize (m e : Int) : (normalize m e).IsReduced := by
  unfold normalize
  by_cases odd : m % 2 = 1
  · rw [if_pos odd]
    exact Or.inl odd
  · rw [if_neg odd]
    by_cases zero : m = 0
    · rw [if_pos zero]
      exact Or.inr rfl
    · rw [if_neg zero]
      exact Or.inl (strip_odd _ _ _ (by omega) (by omega))

/-- Zero is in lowest terms. -/
theorem isReduced_zero : IsReduced 0 := Or.inr rfl

/-- Sums are in lowest terms. -/
theorem isReduced_add {x y : Dyadic} (hx : x.IsReduced) (hy : y.IsReduced) : (x + y).IsReduced := by
  show (Dyadic.add x y).IsReduced
  unfold Dyadic.add
  by_cases zx : x.mantissa = 0
  · rw [if_pos zx]
    exact hy
  · rw [if_neg zx]
    by_cases zy : y.mantissa = 0
    · rw [if_pos zy]
      exact hx
    · rw [if_neg zy]
      exact isReduced_normalize _ _

/-- A product of nonzero numbers: mantissas multiply, exponents add. -/
theorem mul_eq {x y : Dyadic} (hx : x.mantissa ≠ 0) (hy : y.mantissa ≠ 0) :
    x * y = ⟨x.mantissa * y.mantissa, x.exponent + y.exponent⟩ := by
  show Dyadic.mul x y = _
  unfold Dyadic.mul
  rw [decide_eq_false hx, decide_eq_false hy]
  rfl

/-- A product with a zero is zero. -/
theorem mul_eq_zero {x y : Dyadic} (h : x.mantissa = 0 ∨ y.mantissa = 0) : x * y = 0 := by
  show Dyadic.mul x y = _
  unfold Dyadic.mul
  rcases h with h | h
  · rw [decide_eq_true h]
    rfl
  · rw [decide_eq_true h, Bool.or_true]
    rfl

/-- Products are in lowest terms. -/
theorem isReduced_mul {x y : Dyadic} (hx : x.IsReduced) (hy : y.IsReduced) : (x * y).IsReduced := by
  by_cases zero : x.mantissa = 0 ∨ y.mantissa = 0
  · rw [mul_eq_zero zero]
    exact isReduced_zero
  · rw [mul_eq (fun h => zero (Or.inl h)) (fun h => zero (Or.inr h))]
    have odd : ∀ {z : Dyadic}, z.IsReduced → z.mantissa ≠ 0 → z.mantissa % 2 = 1 := by
      intro z hz nonzero
      rcases hz with h | h
      · exact h
      · rw [h] at nonzero
        exact absurd rfl nonzero
    refine Or.inl ?_
    show x.mantissa * y.mantissa % 2 = 1
    rw [Int.mul_emod, odd hx fun h => zero (Or.inl h), odd hy fun h => zero (Or.inr h)]
    rfl

/-- Absolute values are in lowest terms. -/
theorem isReduced_abs {x : Dyadic} (h : x.IsReduced) : x.abs.IsReduced := by
  rcases h with h | rfl
  · refine Or.inl ?_
    show (x.mantissa.natAbs : Int) % 2 = 1
    omega
  · exact Or.inr rfl

end Conform.Dyadic
