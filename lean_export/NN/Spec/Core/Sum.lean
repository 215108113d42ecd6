import NN.Spec.Core.Laws
import NN.Spec.Core.LinearAlgebra

/-!
# Finite sums

`sumFin` is a left fold from zero. With exact scalars it is the sum of mathematics: it splits over `+`, factors come
out, and two sums may trade places.

Main results: `Spec.sumFin_succ`, `Spec.sumFin_add`, `Spec.mul_sumFin`, `Spec.sumFin_comm`, `Spec.sumFin_oneHot`.
-/

namespace Spec

open Laws

variable {α : Type} {m n : Nat}

/-- The sum of no terms is zero. -/
theorem sumFin_zero [Add α] [Zero α] (f : Fin 0 → α) : sumFin 0 f = 0 := Fin.foldl_zero _ _

/-- The last term is added last: this is the order of the spec, and holds for rounded scalars too. -/
theorem sumFin_succ [Add α] [Zero α] (f : Fin (n + 1) → α) :
    sumFin (n + 1) f = sumFin n (fun i => f i.castSucc) + f (Fin.last n) :=
  Fin.foldl_succ_last _ _

/-- Sums of equal terms are equal. -/
theorem sumFin_congr [Add α] [Zero α] {f g : Fin n → α} (h : ∀ i, f i = g i) : sumFin n f = sumFin n g :=
  congrArg (sumFin n) (funext h)

section Semiring

variable [Add α] [Mul α] [Zero α] [CommSemiringLaws α]

/-- A sum of zeros is zero. -/
theorem sumFin_const_zero : sumFin n (fun _ => (0 : α)) = 0 := by
  induction n with
  | zero => exact sumFin_zero _
  | succ n ih => rw [sumFin_succ, ih, zero_add]

/-- `Σᵢ (fᵢ + gᵢ) = Σᵢ fᵢ + Σᵢ gᵢ`. -/
theorem sumFin_add (f g : Fin n → α) : sumFin n (fun i => f i + g i) = sumFin n f + sumFin n g := by
  induction n with
  | zero => rw [sumFin_zero, sumFin_zero, sumFin_zero, zero_add]
  | succ n ih => rw [sumFin_succ, sumFin_succ, sumFin_succ, ih, add_add_add_comm]

/-- `c Σᵢ fᵢ = Σᵢ c fᵢ`. -/
theorem mul_sumFin (c : α) (f : Fin n → α) : c * sumFin n f = sumFin n fun i => c * f i := by
  induction n with
  | zero => rw [sumFin_zero, sumFin_zero, mul_zero]
  | succ n ih => rw [sumFin_succ, sumFin_succ, mul_add, ih]

/-- `(Σᵢ fᵢ) c = Σᵢ fᵢ c`. -/
theorem sumFin_mul (f : Fin n → α) (c : α) : sumFin n f * c = sumFin n fun i => f i * c := by
  rw [mul_comm, mul_sumFin]
  exact sumFin_congr fun i => mul_comm c (f i)

/-- `Σᵢ Σⱼ fᵢⱼ = Σⱼ Σᵢ fᵢⱼ`. -/
theorem sumFin_comm (f : Fin m → Fin n → α) :
    (sumFin m fun i => sumFin n fun j => f i j) = sumFin n fun j => sumFin m fun i => f i j := by
  induction m with
  | zero => rw [sumFin_zero, sumFin_congr fun j => sumFin_zero _, sumFin_const_zero]
  | succ m ih =>
    rw [sumFin_succ, ih, ← sumFin_add]
    exact sumFin_congr fun j => (sumFin_succ fun i => f i j).symm

/-- A sum whose terms vanish but for index `k` is its term at `k`. -/
theorem sumFin_single (k : Fin n) (f : Fin n → α) (h : ∀ i, i ≠ k → f i = 0) : sumFin n f = f k := by
  induction n with
  | zero => exact absurd k.isLt (Nat.not_lt_zero _)
  | succ n ih =>
    rw [sumFin_succ]
    by_cases hk : k.val < n
    · have last : f (Fin.last n) = 0 :=
        h _ fun e => Nat.ne_of_gt hk (congrArg Fin.val e)
      rw [last, add_zero]
      exact ih ⟨k.val, hk⟩ (fun i => f i.castSucc) fun i hi =>
        h _ fun e => hi (Fin.ext (show i.castSucc.val = k.val from congrArg Fin.val e))
    · have e : k = Fin.last n := Fin.eq_last_of_not_lt hk
      have rest : ∀ i : Fin n, f i.castSucc = 0 := fun i =>
        h _ fun e' => hk (Nat.lt_of_le_of_lt (Nat.le_of_eq (congrArg Fin.val e').symm) i.isLt)
      rw [sumFin_congr rest, sumFin_const_zero, zero_add, e]

end Semiring

/-- A sum against a one-hot vector reads out one term. -/
theorem sumFin_oneHot [Add α] [Mul α] [Zero α] [One α] [Sub α] [CommRingLaws α] (k : Fin n) (f : Fin n → α) :
    (sumFin n fun i => f i * if i = k then 1 else 0) = f k := by
  rw [sumFin_single k]
  · rw [if_pos rfl, mul_one]
  · intro i hi
    rw [if_neg hi, mul_zero]

end Spec
