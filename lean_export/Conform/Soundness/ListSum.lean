import Conform.Soundness.Trace
import NN.Spec.Core.Sum

/-!
# Sums over lists of terms

The exact sum of the terms named by a list. It does not depend on the order of the list, and over all indices it is
the sum of the spec.

Main definitions: `Conform.Soundness.sumList`.
Main results: `Conform.Soundness.sumList_perm`, `Conform.Soundness.sumList_finRange`.
-/

namespace Conform.Soundness

open Spec Spec.Laws

variable {K ι : Type} [Add K] [Mul K] [Zero K]

/-- `Σ f i` over the indices `i` in a list. -/
def sumList (f : ι → K) : List ι → K
  | [] => 0
  | i :: l => f i + sumList f l

variable [CommSemiringLaws K] {f : ι → K}

/-- The sum over two lists is the sum of the sums. -/
theorem sumList_append (l l' : List ι) : sumList f (l ++ l') = sumList f l + sumList f l' := by
  induction l with
  | nil => exact (zero_add _).symm
  | cons i l ih =>
    show f i + sumList f (l ++ l') = f i + sumList f l + sumList f l'
    rw [ih, add_assoc]

/-- The order of the terms does not matter. -/
theorem sumList_perm {l l' : List ι} (h : l.Perm l') : sumList f l = sumList f l' := by
  induction h with
  | nil => rfl
  | cons i _ ih => exact congrArg (f i + ·) ih
  | swap i j l =>
    show f j + (f i + sumList f l) = f i + (f j + sumList f l)
    ac_rfl
  | trans _ _ ih ih' => exact ih.trans ih'

omit [Mul K] [CommSemiringLaws K] in
/-- The sum over renamed indices. -/
theorem sumList_map {κ : Type} (g : κ → ι) (l : List κ) : sumList f (l.map g) = sumList (fun i => f (g i)) l := by
  induction l with
  | nil => rfl
  | cons i l ih => exact congrArg (f (g i) + ·) ih

/-- Over all indices it is the sum of the spec. -/
theorem sumList_finRange {n : Nat} (f : Fin n → K) : sumList f (List.finRange n) = sumFin n f := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [List.finRange_succ_last, sumList_append, sumList_map, ih, sumFin_succ]
    exact congrArg (_ + ·) (add_zero _)

end Conform.Soundness
