import Conform.Soundness.Tree

/-!
# The bound of the spec holds for every order of summation

The spec adds from the left, from zero, and the trace of that fold is what the vectors carry. Here: the same bound
holds for every tree over the same terms. The fold has one addition for every term, so no tree is deeper.

Main results: `Conform.Soundness.Tree.sum_error` (terms of one depth, such as products of inputs),
`Conform.Soundness.Tree.affine_error` (a bias besides, at any leaf), `Conform.Soundness.Tree.partial_le` (partial
sums do not overflow before the bound does).
-/

namespace Conform.Soundness

open Spec Spec.Laws

section Fold

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] {n : Nat} (t : Fin n → Trace K)

omit [Mul K] in
/-- The value of the fold is the sum of the values. -/
theorem value_sumFin : (sumFin n t).value = sumFin n fun i => (t i).value := by
  induction n with
  | zero => rw [sumFin_zero, sumFin_zero]; rfl
  | succ n ih => rw [sumFin_succ, sumFin_succ, ← ih]; rfl

omit [Mul K] in
/-- The magnitude of the fold is the sum of the magnitudes. -/
theorem magnitude_sumFin : (sumFin n t).magnitude = sumFin n fun i => (t i).magnitude := by
  induction n with
  | zero => rw [sumFin_zero, sumFin_zero]; rfl
  | succ n ih => rw [sumFin_succ, sumFin_succ, ← ih]; rfl

/-- The underflow weight of the fold: one for every term besides the term's own. -/
theorem underflow_sumFin [CommSemiringLaws K] : (sumFin n t).underflow = sumFin n fun i => (t i).underflow + 1 := by
  induction n with
  | zero => rw [sumFin_zero, sumFin_zero]; rfl
  | succ n ih =>
    rw [sumFin_succ, sumFin_succ, ← ih]
    exact add_assoc _ _ _

omit [Mul K] in
/-- The depth of the fold: at least one for every term besides the depth of the first. -/
theorem le_depth_sumFin {d : Nat} (hn : 0 < n) (hd : ∀ i, d ≤ (t i).depth) : d + n ≤ (sumFin n t).depth := by
  induction n with
  | zero => exact absurd hn (Nat.lt_irrefl 0)
  | succ n ih =>
    rw [sumFin_succ]
    show d + (n + 1) ≤ max (sumFin n fun i => t i.castSucc).depth (t (Fin.last n)).depth + 1
    have last := hd (Fin.last n)
    by_cases h : 0 < n
    · have := ih (fun i => t i.castSucc) h fun i => hd _
      omega
    · omega

end Fold

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [OrderedRingLaws K] {u η : K} {ι : Type}
  {n d : Nat} {x : K}

namespace Tree

/-- The trace `fold` covers the terms in `all`: it has the sums of their values, magnitudes and underflow weights,
and is deep enough for any tree over them. -/
structure Covers (t : ι → Trace K) (d : Nat) (all : List ι) (fold : Trace K) : Prop where
  value : fold.value = sumList (fun i => (t i).value) all
  magnitude : fold.magnitude = sumList (fun i => (t i).magnitude) all
  underflow : fold.underflow = sumList (fun i => (t i).underflow + 1) all
  depth : d + all.length ≤ fold.depth + 1

/-- The general form of the theorems below: a tree over all terms in any order is within the bound of any trace that
covers them. -/
theorem error_of_covers {f : ι → K} {t : ι → Trace K} {all : List ι} {fold : Trace K} (hc : Constants u η)
    (hf : ∀ i, Approximates u η (f i) (t i)) (hd : ∀ i, (t i).depth ≤ d) (cover : Covers t d all fold)
    {tree : Tree ι} (order : tree.terms.Perm all) (h : Evaluates (IsRounding u η) f tree x) :
    Approximates u η x fold := by
  by_cases hn : 0 < tree.size
  · obtain ⟨s, hs, fit⟩ := h.fits hc hf hd hn
    refine hs.mono hc ?_ ?_ ?_ ?_
    · rw [fit.value, cover.value, sumList_perm order]
    · rw [fit.magnitude, cover.magnitude, sumList_perm order]
    · rw [cover.underflow, ← sumList_perm order, ← fit.underflow]
      exact le_add_right _ zero_le_one
    · have := fit.depth
      have := cover.depth
      have := order.length_eq
      omega
  · have e : tree.size = 0 := by omega
    have none := terms_of_size tree e
    rw [h.eq_zero e]
    refine Approximates.zero.mono hc ?_ ?_ ?_ (Nat.zero_le _)
    · rw [cover.value, ← sumList_perm order, none]; rfl
    · rw [cover.magnitude, ← sumList_perm order, none]; rfl
    · rw [cover.underflow, ← sumList_perm order, none]; exact le_refl _

/-- The spec's left fold from zero covers its terms. -/
theorem covers_sumFin (t : Fin n → Trace K) (hn : 0 < n) (hd : ∀ i, d ≤ (t i).depth) :
    Covers t d (List.finRange n) (sumFin n t) where
  value := by rw [value_sumFin, sumList_finRange]
  magnitude := by rw [magnitude_sumFin, sumList_finRange]
  underflow := by rw [underflow_sumFin, sumList_finRange]
  depth := by
    rw [List.length_finRange]
    exact Nat.le_succ_of_le (le_depth_sumFin t hn hd)

/-- A sum in any order. The terms are approximations of one common depth `d`, such as products of inputs with `d = 1`,
rounded or not. Every tree over them, and every permutation of them, is within the bound of the spec's left fold. -/
theorem sum_error {f : Fin n → K} {t : Fin n → Trace K} (hc : Constants u η)
    (hf : ∀ i, Approximates u η (f i) (t i)) (hd : ∀ i, (t i).depth = d) {tree : Tree (Fin n)}
    (order : tree.terms.Perm (List.finRange n)) (h : Evaluates (IsRounding u η) f tree x) :
    Approximates u η x (sumFin n t) := by
  by_cases hn : 0 < n
  · exact error_of_covers hc hf (fun i => Nat.le_of_eq (hd i))
      (covers_sumFin t hn fun i => Nat.le_of_eq (hd i).symm) order h
  · have e : n = 0 := by omega
    subst e
    exact error_of_covers (d := 0) hc hf (fun i => i.elim0) ⟨rfl, rfl, rfl, Nat.zero_le _⟩ order h

/-- The terms of a sum and one more, the bias. -/
def withBias (n : Nat) : List (Option (Fin n)) := (List.finRange n).map some ++ [none]

omit [LE K] [Abs K] [OrderedRingLaws K] [Sub K] [One K] in
/-- The sum over the terms and the bias. -/
theorem sumList_withBias [CommSemiringLaws K] (g : Option (Fin n) → K) :
    sumList g (withBias n) = sumFin n (fun i => g (some i)) + g none := by
  unfold withBias
  rw [sumList_append, sumList_map, sumList_finRange]
  exact congrArg (_ + ·) (add_zero _)

/-- A sum and a bias in any order: the bias may be added first, last or anywhere between. The bound is that of the
spec, which adds the bias last. The terms have depth one, the bias is an input. -/
theorem affine_error {f : Option (Fin n) → K} {t : Option (Fin n) → Trace K} (hc : Constants u η)
    (hf : ∀ i, Approximates u η (f i) (t i)) (hd : ∀ i, (t (some i)).depth = 1) (hb : (t none).depth = 0)
    {tree : Tree (Option (Fin n))} (order : tree.terms.Perm (withBias n)) (h : Evaluates (IsRounding u η) f tree x) :
    Approximates u η x (sumFin n (fun i => t (some i)) + t none) := by
  have bound : ∀ i, (t i).depth ≤ 1 := fun i =>
    match i with
    | some i => Nat.le_of_eq (hd i)
    | none => by omega
  refine error_of_covers hc hf bound ⟨?_, ?_, ?_, ?_⟩ order h
  · rw [sumList_withBias, ← value_sumFin]; rfl
  · rw [sumList_withBias, ← magnitude_sumFin]; rfl
  · rw [sumList_withBias, ← underflow_sumFin]; exact add_assoc _ _ _
  · show 1 + (withBias n).length ≤ max (sumFin n fun i => t (some i)).depth (t none).depth + 1 + 1
    have length : (withBias n).length = n + 1 := by
      unfold withBias
      rw [List.length_append, List.length_map, List.length_finRange]
      rfl
    by_cases hn : 0 < n
    · have := le_depth_sumFin (fun i => t (some i)) (d := 1) hn fun i => Nat.le_of_eq (hd i).symm
      omega
    · omega

/-- No partial sum is greater than magnitude and bound of the whole: where these two together are below the largest
finite number, no order of summation overflows on the way. -/
theorem partial_le {f : ι → K} {t : ι → Trace K} {all rest : List ι} {fold : Trace K} (hc : Constants u η)
    (hf : ∀ i, Approximates u η (f i) (t i)) (hd : ∀ i, (t i).depth ≤ d) (cover : Covers t d all fold)
    {tree : Tree ι} (order : (tree.terms ++ rest).Perm all) (h : Evaluates (IsRounding u η) f tree x) :
    abs x ≤ fold.magnitude + fold.bound u η := by
  have nonneg : ∀ (g : ι → K) (l : List ι), (∀ i, 0 ≤ g i) → 0 ≤ sumList g l := by
    intro g l hg
    induction l with
    | nil => exact le_refl _
    | cons i l ih => exact add_nonneg (hg i) ih
  have hm : ∀ i, 0 ≤ (t i).magnitude := fun i => (hf i).magnitude_nonneg
  have hE : ∀ i, 0 ≤ (t i).underflow + 1 := fun i => add_nonneg (hf i).underflow_nonneg zero_le_one
  have magnitude : sumList (fun i => (t i).magnitude) tree.terms ≤ fold.magnitude := by
    rw [cover.magnitude, ← sumList_perm order, sumList_append]
    exact le_add_right _ (nonneg _ _ hm)
  have underflow : sumList (fun i => (t i).underflow + 1) tree.terms ≤ fold.underflow := by
    rw [cover.underflow, ← sumList_perm order, sumList_append]
    exact le_add_right _ (nonneg _ _ hE)
  rw [add_comm, Trace.bound_add_magnitude]
  by_cases hn : 0 < tree.size
  · obtain ⟨s, hs, fit⟩ := h.fits hc hf hd hn
    refine le_trans hs.abs_le ?_
    rw [add_comm, Trace.bound_add_magnitude]
    refine mul_le_mul (pow_le_pow hc.one_le ?_) (add_le_add ?_ (mul_le_mul_right ?_ hc.η_nonneg))
      (hc.growth_nonneg fold) (add_nonneg hs.magnitude_nonneg (mul_nonneg hs.underflow_nonneg hc.η_nonneg))
    · have := fit.depth
      have := cover.depth
      have := order.length_eq
      rw [List.length_append] at this
      omega
    · rw [fit.magnitude]
      exact magnitude
    · refine le_trans ?_ underflow
      rw [← fit.underflow]
      exact le_add_right _ zero_le_one
  · rw [h.eq_zero (by omega), OrderedRingLaws.abs_zero]
    refine mul_nonneg (hc.growth_nonneg fold) (add_nonneg ?_ (mul_nonneg ?_ hc.η_nonneg))
    · exact le_trans (nonneg _ _ hm) magnitude
    · exact le_trans (nonneg _ _ hE) underflow

end Tree

end Conform.Soundness
