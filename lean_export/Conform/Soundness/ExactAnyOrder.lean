import Conform.Soundness.AnyOrder
import Conform.Soundness.Exactly

/-!
# The exact tier in any order of summation

Where the grid of the spec's left fold meets the condition of the exact tier, every tree over the same terms in any
order gives exactly the value, and every subtree the exact sum of its terms: each partial sum is in the format.

Main results: `Conform.Soundness.Tree.eq_of_within`, `Conform.Soundness.Tree.sum_exact`,
`Conform.Soundness.Tree.affine_exact`.
-/

namespace Conform.Soundness

open Spec Spec.Laws
open Traced (least)

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]

/-- The condition of the exact tier for a total magnitude `m` that the number `g` is a part of. -/
structure Within (F : Format K) (m : K) (g : Grid K) : Prop where
  magnitude : ∀ q, g.quantum = some q → m ≤ twoPow ((F.precision : Int) + q)
  floor : ∀ q, g.floor = some q → F.emin ≤ q
  peak : g.peak ≤ F.largest

variable [BinaryLaws K] {F : Format K} {m x : K} {a b : Grid K} {ι : Type} {n : Nat}

/-- A sum is within the format just when its parts are, and its magnitude is. -/
theorem within_add : Within F m (a + b) ↔ (Within F m a ∧ Within F m b) ∧ a.magnitude + b.magnitude ≤ F.largest := by
  constructor
  · intro h
    have peaks := BinaryLaws.max_le_iff.mp h.peak
    have peaks' := BinaryLaws.max_le_iff.mp peaks.2
    have part : ∀ {q : Int}, (a.quantum = some q ∨ b.quantum = some q) → m ≤ twoPow ((F.precision : Int) + q) := by
      intro q hq
      obtain ⟨e, he, heq⟩ := exists_least_le hq
      exact le_trans (h.magnitude e he) (twoPow_le_twoPow (by omega))
    exact ⟨⟨⟨fun q hq => part (Or.inl hq), (le_least h.floor).1, peaks'.1⟩,
      ⟨fun q hq => part (Or.inr hq), (le_least h.floor).2, peaks'.2⟩⟩, peaks.1⟩
  · intro ⟨⟨ha, hb⟩, size⟩
    exact ⟨fun q h => (least_eq_some h).1.elim (ha.magnitude q) (hb.magnitude q),
      fun q h => (least_eq_some h).1.elim (ha.floor q) (hb.floor q),
      BinaryLaws.max_le_iff.mpr ⟨size, BinaryLaws.max_le_iff.mpr ⟨ha.peak, hb.peak⟩⟩⟩

/-- If a fold is within the format, its terms are. -/
theorem within_of_sumFin {g : Fin n → Grid K} (h : Within F m (sumFin n g)) (i : Fin n) : Within F m (g i) := by
  induction n with
  | zero => exact i.elim0
  | succ n ih =>
    rw [sumFin_succ] at h
    have parts := (within_add.mp h).1
    by_cases hi : i.val < n
    · exact ih parts.1 ⟨i.val, hi⟩
    · rw [Fin.eq_last_of_not_lt hi]
      exact parts.2

section Fold

omit [BinaryLaws K] [Mul K] [One K] [Sub K] [LE K] [Abs K] [Binary K]

/-- The value of the fold is the sum of the values. -/
theorem Grid.value_sumFin (g : Fin n → Grid K) : (sumFin n g).value = sumFin n fun i => (g i).value := by
  induction n with
  | zero => rw [sumFin_zero, sumFin_zero]; rfl
  | succ n ih => rw [sumFin_succ, sumFin_succ, ← ih]; rfl

/-- The magnitude of the fold is the sum of the magnitudes. -/
theorem Grid.magnitude_sumFin (g : Fin n → Grid K) :
    (sumFin n g).magnitude = sumFin n fun i => (g i).magnitude := by
  induction n with
  | zero => rw [sumFin_zero, sumFin_zero]; rfl
  | succ n ih => rw [sumFin_succ, sumFin_succ, ← ih]; rfl

end Fold

/-- If a fold is within the format, so is its magnitude. -/
theorem magnitude_le_of_sumFin {g : Fin n → Grid K} (h : Within F m (sumFin n g)) :
    (sumFin n g).magnitude ≤ F.largest := by
  cases n with
  | zero => exact h.peak
  | succ n => rw [sumFin_succ] at h ⊢; exact (within_add.mp h).2

namespace Tree

/-- Every subtree is exact: the terms lie within the format for the total magnitude `m`, and the subtree's own terms
add up to no more than that. -/
theorem eq_of_within {f : ι → K} {g : ι → Grid K} (hf : ∀ i, Exactly F (f i) (g i)) (hw : ∀ i, Within F m (g i))
    (size : m ≤ F.largest) {tree : Tree ι} (h : Evaluates F.Rounds f tree x)
    (le : sumList (fun i => (g i).magnitude) tree.terms ≤ m) :
    x = sumList (fun i => (g i).value) tree.terms := by
  have nonneg : ∀ l : List ι, 0 ≤ sumList (fun i => (g i).magnitude) l := by
    intro l
    induction l with
    | nil => exact le_refl _
    | cons i l ih => exact add_nonneg (hf i).magnitude_nonneg ih
  have key : ∃ t : Grid K, Exactly F x t ∧ Within F m t ∧ t.value = sumList (fun i => (g i).value) tree.terms ∧
      t.magnitude = sumList (fun i => (g i).magnitude) tree.terms := by
    induction h with
    | zero =>
      exact ⟨0, Exactly.ofZero, ⟨fun _ h => (nomatch h), fun _ h => (nomatch h), le_trans le size⟩, rfl, rfl⟩
    | term i => exact ⟨g i, hf i, hw i, (add_zero _).symm, (add_zero _).symm⟩
    | @add l r x y z _ _ _ _ hz ihl ihr =>
      have split := sumList_append (f := fun i => (g i).magnitude) l.terms r.terms
      have le' : sumList (fun i => (g i).magnitude) (l.terms ++ r.terms) ≤ m := le
      rw [split] at le'
      obtain ⟨s, hs, ws, vs, ms⟩ := ihl (le_trans (le_add_right _ (nonneg _)) le')
      obtain ⟨t, ht, wt, vt, mt⟩ := ihr (le_trans (le_add_left _ (nonneg _)) le')
      refine ⟨s + t, hs.add ht hz, within_add.mpr ⟨⟨ws, wt⟩, ?_⟩, ?_, ?_⟩
      · rw [ms, mt]
        exact le_trans le' size
      · show s.value + t.value = sumList _ (l.terms ++ r.terms)
        rw [sumList_append, vs, vt]
      · show s.magnitude + t.magnitude = sumList _ (l.terms ++ r.terms)
        rw [sumList_append, ms, mt]
    | @zeroAdd l r y hl _ ih =>
      have e : (Tree.add l r).terms = r.terms := by
        show l.terms ++ r.terms = _
        rw [terms_of_size l hl, List.nil_append]
      rw [e] at le ⊢
      exact ih le
    | @addZero l r y hr _ ih =>
      have e : (Tree.add l r).terms = l.terms := by
        show l.terms ++ r.terms = _
        rw [terms_of_size r hr, List.append_nil]
      rw [e] at le ⊢
      exact ih le
  obtain ⟨t, ht, wt, vt, mt⟩ := key
  rw [← vt]
  exact ht.exact ⟨fun q hq => le_trans (by rw [mt]; exact le) (wt.magnitude q hq), wt.floor, wt.peak⟩

/-- A sum in any order is exact where the grid of the spec's left fold fits. -/
theorem sum_exact {f : Fin n → K} {g : Fin n → Grid K} (hf : ∀ i, Exactly F (f i) (g i)) (fits : (sumFin n g).Fits F)
    {tree : Tree (Fin n)} (order : tree.terms.Perm (List.finRange n)) (h : Evaluates F.Rounds f tree x) :
    x = sumFin n fun i => (g i).value := by
  have within : Within F (sumFin n g).magnitude (sumFin n g) := ⟨fits.magnitude, fits.floor, fits.peak⟩
  have le : sumList (fun i => (g i).magnitude) tree.terms ≤ (sumFin n g).magnitude := by
    rw [sumList_perm order, sumList_finRange, Grid.magnitude_sumFin]
    exact le_refl _
  rw [eq_of_within hf (fun i => within_of_sumFin within i) (magnitude_le_of_sumFin within) h le, sumList_perm order,
    sumList_finRange]

/-- A sum and a bias in any order are exact where the grid of the spec, which adds the bias last, fits. -/
theorem affine_exact {f : Option (Fin n) → K} {g : Option (Fin n) → Grid K} (hf : ∀ i, Exactly F (f i) (g i))
    (fits : (sumFin n (fun i => g (some i)) + g none).Fits F) {tree : Tree (Option (Fin n))}
    (order : tree.terms.Perm (withBias n)) (h : Evaluates F.Rounds f tree x) :
    x = (sumFin n fun i => (g (some i)).value) + (g none).value := by
  have parts := within_add.mp (Within.mk fits.magnitude fits.floor fits.peak)
  have each : ∀ i, Within F (sumFin n (fun i => g (some i)) + g none).magnitude (g i)
    | some i => within_of_sumFin parts.1.1 i
    | none => parts.1.2
  have le : sumList (fun i => (g i).magnitude) tree.terms ≤ (sumFin n (fun i => g (some i)) + g none).magnitude := by
    rw [sumList_perm order, sumList_withBias, ← Grid.magnitude_sumFin]
    exact le_refl _
  rw [eq_of_within hf each parts.2 h le, sumList_perm order, sumList_withBias]

end Tree

end Conform.Soundness
