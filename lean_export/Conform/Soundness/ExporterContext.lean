import Conform.Soundness.ExporterExact

/-!
# Every field of `Context`, as the exporter has it, keeps the bound

Main result: `Conform.Soundness.BackendArithmetic.follows_respectsContext`.
-/

namespace Conform.Soundness

open Enclosure Spec Spec.Laws Beyond

variable {K : Type} [Context K] [Abs K] [Binary K] [OrderedFieldLaws K] {s : Setting} {j : Nat} {m : Model} {β : Type}
  [Context β]

namespace BackendArithmetic

variable {M : BackendArithmetic (errorModel K s m) β} {p q r : β} {g h : Guarded s j}

omit [OrderedFieldLaws K] in
theorem Follows.op₂ {f : Beyond s → Beyond s → Beyond s} (hg : M.Follows p g) (hh : M.Follows q h)
    (keeps : ∀ {v w : K}, Tracks j m (M.value p) v g.number → Tracks j m (M.value q) w h.number →
      (f g.number h.number).Ordinary j → ∃ z, Tracks j m (M.value r) z (f g.number h.number)) :
    M.Follows r (Guarded.op₂ f g h) := fun ⟨kg, kh, ok⟩ => by
  obtain ⟨v, hv⟩ := hg kg
  obtain ⟨w, hw⟩ := hh kh
  exact keeps hv hw ok

theorem Follows.apply (hS : ExporterModel K s j m) (f : TableFunction) (hg : M.Follows p g) :
    M.Follows (f.apply p) (Guarded.op₁ (Beyond.apply f.enclosure) g) := fun ⟨kg, ok⟩ => by
  obtain ⟨v, hv⟩ := hg kg
  refine ⟨_, tracks_apply hS.model hS.constants (hS.encloses.function f) hv (fun acc h value => ?_) ok⟩
  have name : f.enclosure.name = f.name := by cases f <;> rfl
  rw [name] at h
  exact table_accurate h (M.function f p value)

theorem Follows.max (hg : M.Follows p g) (hh : M.Follows q h) :
    M.Follows (Max.max p q) (Guarded.choose Beyond.max g h) := fun ⟨kg, kh, eg, eh⟩ => by
  obtain ⟨v, hv⟩ := hg kg
  obtain ⟨w, hw⟩ := hh kh
  have order := prefersFirst_iff hv hw eg eh
  have chosen : Beyond.max g.number h.number = _ :=
    tracks_select hv hw eg eh (prefersFirst g.number h.number)
  show ∃ z, Tracks j m (M.value (Max.max p q)) z (Beyond.max g.number h.number)
  rw [chosen, M.max]
  cases hp : prefersFirst g.number h.number with
  | true =>
    rw [max_eq_left (order.1 hp)]
    exact ⟨v, hv⟩
  | false =>
    rw [max_eq_right (order.2 hp)]
    exact ⟨w, hw⟩

theorem Follows.min (hK : ExactReading K) (hg : M.Follows p g) (hh : M.Follows q h) :
    M.Follows (Min.min p q) (Guarded.choose Beyond.min g h) := fun ⟨kg, kh, eg, eh⟩ => by
  obtain ⟨v, hv⟩ := hg kg
  obtain ⟨w, hw⟩ := hh kh
  have order := prefersFirst_iff hw hv eh eg
  have chosen : Beyond.min g.number h.number = _ :=
    tracks_select hv hw eg eh (prefersFirst h.number g.number)
  show ∃ z, Tracks j m (M.value (Min.min p q)) z (Beyond.min g.number h.number)
  rw [chosen, M.min, hK.min_eq]
  have twice : ∀ c : K, 0 - (0 - c) = c := fun c => by ring_by [c]
  cases hp : prefersFirst h.number g.number with
  | true =>
    rw [max_eq_left (sub_le_sub (le_refl 0) (order.1 hp)), twice]
    exact ⟨v, hv⟩
  | false =>
    rw [max_eq_right (sub_le_sub (le_refl 0) (order.2 hp)), twice]
    exact ⟨w, hw⟩

theorem follows_ofNat (hS : ExporterModel K s j m) {n : Nat}
    (exact : m.format.represents (.finite (.ofInt n)) = true → M.value p = ofInt n)
    (hz : Accurate (m.u K) (m.η K) 1 0 (ofInt n) (M.value p)) : M.Follows p (⟨ofNat n, True⟩ : Guarded s j) := fun _ =>
  ⟨_, tracks_ofNat hS.model hS.constants exact hz⟩

theorem follows_exact (hS : ExporterModel K s j m) {n : Nat} (e : M.value p = ofInt n) :
    M.Follows p (⟨ofNat n, True⟩ : Guarded s j) :=
  follows_ofNat hS (fun _ => e) (by
    rw [e]
    exact Accurate.exact hS.constants.u_nonneg hS.constants.η_nonneg _ _ _)

/-- π, as an enclosure that is any other name for that of the exporter. -/
theorem follows_pi (hS : ExporterModel K s j m) (M : BackendArithmetic (errorModel K s m) β) :
    ∀ c : ExtBall, c = Enclosure.pi → (ofBall c : Beyond s).Ordinary j →
      ∃ v, Tracks j m (M.value MathFunctions.pi) v (ofBall c : Beyond s) := by
  intro c hc ok
  have positive := pi_positive
  rw [← hc] at positive
  exact ⟨_, tracks_ofBall hS.model hS.constants (hS.encloses.pi c hc) positive.1 positive.2.1
    (nonneg_of_holds (holds_getD positive.2.2.1 (hS.encloses.pi c hc)) positive.2.2.2) M.pi ok⟩

/-- **Every field of `Context`, as the exporter has it, keeps the bound.** -/
theorem follows_respectsContext (hS : ExporterModel K s j m) (M : BackendArithmetic (errorModel K s m) β) :
    RespectsContext M.Follows (Guarded.Decided : Guarded s j → Guarded s j → Prop) where
  default := fun h => h.elim
  one := follows_exact hS (M.one.trans (ofInt_one K).symm)
  zero := follows_exact hS (M.zero.trans (show (0 : K) = ofInt 0 from BinaryLaws.ofInt_zero.symm))
  add hg hh := hg.op₂ hh fun hv hw ok => ⟨_, tracks_add hS.model hS.constants hv hw (M.add _ _) ok⟩
  sub hg hh := hg.op₂ hh fun hv hw ok => ⟨_, tracks_sub hS.model hS.constants hv hw (M.sub _ _) ok⟩
  mul hg hh := hg.op₂ hh fun hv hw ok => ⟨_, tracks_mul hS.model hS.constants hv hw (M.mul _ _) ok⟩
  div {p q _ _} hg hh := fun ⟨kg, kh, divisor, ok⟩ => by
    obtain ⟨v, hv⟩ := hg kg
    obtain ⟨w, hw⟩ := hh kh
    exact ⟨_, tracks_div hS.reading.div_mul_cancel hS.model hS.constants hv hw (fun e J => divisor m e J hS.model)
      (fun acc h nonzero => table_accurate h (M.div p q nonzero)) ok⟩
  neg hg := fun known => by
    obtain ⟨v, hv⟩ := hg known
    refine ⟨0 - v, ?_⟩
    rw [M.neg]
    exact tracks_neg hv
  pow _ _ := fun h => h.elim
  max hg hh := hg.max hh
  min hg hh := hg.min hS.reading hh
  exp hg := hg.apply hS .exp
  tanh hg := hg.apply hS .tanh
  cosh hg := hg.apply hS .cosh
  sqrt hg := hg.apply hS .sqrt
  abs hg := fun known => by
    obtain ⟨v, hv⟩ := hg known
    refine ⟨Abs.abs v, ?_⟩
    rw [M.abs]
    exact tracks_abs hv
  log hg := hg.apply hS .log
  pi := fun ok => follows_pi hS M _ rfl ok
  cos hg := hg.apply hS .cos
  sin hg := hg.apply hS .sin
  sinh hg := hg.apply hS .sinh
  neg_point_five := fun h => h.elim
  neg_one := fun h => h.elim
  pointone := fun h => h.elim
  pointfive := fun h => h.elim
  two := fun h => h.elim
  three := fun h => h.elim
  four := fun h => h.elim
  five := fun h => h.elim
  ten := fun h => h.elim
  log10 := fun h => h.elim
  log10000 := fun h => h.elim
  epsilon := fun h => h.elim
  natCast n := follows_ofNat hS (fun h => (M.natCast n h).trans (hS.reading.natCast_eq n)) (by
    have := M.natCast_accurate n
    rwa [hS.reading.natCast_eq] at this)
  gt hg hh := fun ⟨kg, kh, eg, eh⟩ => by
    obtain ⟨v, hv⟩ := hg kg
    obtain ⟨w, hw⟩ := hh kh
    rw [M.gt_iff]
    exact (isExact_decided hv hw eg eh).symm
  le hg hh := fun ⟨kg, kh, eg, eh⟩ => by
    obtain ⟨v, hv⟩ := hg kg
    obtain ⟨w, hw⟩ := hh kh
    have := isExact_decided hv hw eg eh
    rw [M.le_iff]
    show _ ↔ gt _ _ = false
    rw [← Bool.not_eq_true, this]
    exact Classical.not_not.symm
  beq {p q g h} hg hh := fun ⟨kg, kh, eg, eh⟩ => eq_of_true_iff (by
    obtain ⟨v, hv⟩ := hg kg
    obtain ⟨w, hw⟩ := hh kh
    have first := isExact_decided hv hw eg eh
    have second := isExact_decided hw hv eh eg
    rw [M.beq_iff]
    show _ ↔ (!hasNan g.number h.number && !gt g.number h.number && !gt h.number g.number) = true
    rw [hasNan_of_isBall (isBall_of_tracks hv) (isBall_of_tracks hw), ← Classical.not_not (a := M.value p ≤ M.value q),
      ← Classical.not_not (a := M.value q ≤ M.value p), ← first, ← second]
    cases gt g.number h.number <;> cases gt h.number g.number <;> decide)

end BackendArithmetic

end Conform.Soundness
