import Conform.Traced

/-!
# The lesser of two exponents

Facts about `Conform.Traced.least`, the lesser of two exponents where a missing one, that of a zero, does not count.

Main results: `Conform.Soundness.le_least`, `Conform.Soundness.least_eq_some`, `Conform.Soundness.exists_least_le`.
-/

namespace Conform.Soundness

open Traced (least)

/-- The least of two missing exponents is missing. -/
theorem least_eq_none {p q : Option Int} (h : least p q = none) : p = none ∧ q = none := by
  cases p with
  | none =>
    cases q with
    | none => exact ⟨rfl, rfl⟩
    | some _ => cases h
  | some _ =>
    cases q with
    | none => cases h
    | some _ => cases h

/-- The lesser of two exponents is one of them and at most each. -/
theorem least_eq_some {p q : Option Int} {e : Int} (h : least p q = some e) :
    (p = some e ∨ q = some e) ∧ (∀ f, p = some f → e ≤ f) ∧ ∀ f, q = some f → e ≤ f := by
  cases p with
  | none =>
    cases q with
    | none => cases h
    | some y => exact ⟨Or.inr h, fun _ hf => (nomatch hf), fun f hf => by cases h; cases hf; exact Int.le_refl _⟩
  | some x =>
    cases q with
    | none => exact ⟨Or.inl h, fun f hf => by cases h; cases hf; exact Int.le_refl _, fun _ hf => nomatch hf⟩
    | some y =>
      have value : some (min x y) = some e := h
      cases value
      have which : some x = some (min x y) ∨ some y = some (min x y) := by
        by_cases hxy : x ≤ y
        · exact Or.inl (by rw [Int.min_eq_left hxy])
        · exact Or.inr (by rw [Int.min_eq_right (by omega)])
      refine ⟨which, fun f hf => ?_, fun f hf => ?_⟩
      · cases hf; exact Int.min_le_left x y
      · cases hf; exact Int.min_le_right x y

/-- Each of two exponents has the lesser below it. -/
theorem exists_least_le {p q : Option Int} {e : Int} (h : p = some e ∨ q = some e) :
    ∃ c, least p q = some c ∧ c ≤ e := by
  cases hl : least p q with
  | none =>
    have := least_eq_none hl
    rw [this.1, this.2] at h
    exact h.elim (fun h => (nomatch h)) fun h => (nomatch h)
  | some c => exact ⟨c, rfl, h.elim ((least_eq_some hl).2.1 e) ((least_eq_some hl).2.2 e)⟩

/-- What is at most the lesser of two exponents is at most each. -/
theorem le_least {p q : Option Int} {c : Int} (h : ∀ e, least p q = some e → c ≤ e) :
    (∀ e, p = some e → c ≤ e) ∧ ∀ e, q = some e → c ≤ e := by
  constructor
  · intro e he
    obtain ⟨d, hd, hde⟩ := exists_least_le (q := q) (Or.inl he)
    exact Int.le_trans (h d hd) hde
  · intro e he
    obtain ⟨d, hd, hde⟩ := exists_least_le (p := p) (Or.inr he)
    exact Int.le_trans (h d hd) hde

end Conform.Soundness
