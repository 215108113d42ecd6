import Conform.Soundness.ExporterActivation

/-!
# The value that the exporter writes is the exact one

The exact reading of a definition lies within the radius of the midpoint that the exporter writes, where something is
known of all that went into it: for every field of `Context`, and so for each activation.

Main definition: `Conform.Soundness.IsValueOf`.
Main results: `Conform.Soundness.isValueOf_respectsContext`, `Conform.Soundness.exporterValue_map`,
`Conform.Soundness.exporterValue_softmaxSpec`, `Conform.Soundness.exporterValue_logSoftmaxSpec`.
-/

namespace Conform.Soundness

open Enclosure Spec Spec.Laws Spec.Tensor Beyond Activation

variable {K : Type} [Context K] [Abs K] [Binary K] {s : Setting} {j : Nat} {m : Model} {sh : Shape}

/-- The exact and the exporter's reading: where something is known, the value is in the ball. -/
def IsValueOf (m : Model) (v : K) (g : Guarded s j) : Prop := g.known → Tracks j m v v g.number

/-- The exact value is within the radius of the midpoint that is written. -/
def IsWritten (v : K) (g : Guarded s j) : Prop :=
  g.known → Abs.abs (v - toRing K g.number.value.mid) ≤ toRing K g.number.value.rad

variable [OrderedFieldLaws K]

theorem IsValueOf.isWritten {v : K} {g : Guarded s j} (h : IsValueOf m v g) : IsWritten v g := fun known => by
  obtain ⟨_, _, _, _, ball, hv, _⟩ := h known
  exact holds_mid ball hv

theorem related_isWritten : {sh : Shape} → {t : Tensor K sh} → {u : Tensor (Guarded s j) sh} →
    Related (IsValueOf m) t u → Related IsWritten t u
  | _, .scalar _, .scalar _, h => IsValueOf.isWritten h
  | _, .dim _, .dim _, h => fun i => related_isWritten (h i)

theorem IsValueOf.apply (hS : ExporterModel K s j m) (f : TableFunction) {v : K} {g : Guarded s j}
    (h : IsValueOf m v g) : IsValueOf m (f.apply v) (Guarded.op₁ (Beyond.apply f.enclosure) g) := fun ⟨known, ok⟩ =>
  tracks_apply hS.model hS.constants (hS.encloses.function f) (h known)
    (fun _ _ _ => Accurate.exact hS.constants.u_nonneg hS.constants.η_nonneg _ _ _) ok

theorem IsValueOf.max {v w : K} {g h : Guarded s j} (hg : IsValueOf m v g) (hh : IsValueOf m w h) :
    IsValueOf m (Max.max v w) (Guarded.choose Beyond.max g h) := fun ⟨kg, kh, eg, eh⟩ => by
  have order := prefersFirst_iff (hg kg) (hh kh) eg eh
  have chosen : Beyond.max g.number h.number = _ :=
    tracks_select (hg kg) (hh kh) eg eh (prefersFirst g.number h.number)
  show Tracks j m (Max.max v w) (Max.max v w) (Beyond.max g.number h.number)
  rw [chosen]
  cases hp : prefersFirst g.number h.number with
  | true =>
    rw [max_eq_left (order.1 hp)]
    exact hg kg
  | false =>
    rw [max_eq_right (order.2 hp)]
    exact hh kh

theorem IsValueOf.min (hK : ExactReading K) {v w : K} {g h : Guarded s j} (hg : IsValueOf m v g)
    (hh : IsValueOf m w h) : IsValueOf m (Min.min v w) (Guarded.choose Beyond.min g h) := fun ⟨kg, kh, eg, eh⟩ => by
  have order := prefersFirst_iff (hh kh) (hg kg) eh eg
  have chosen : Beyond.min g.number h.number = _ :=
    tracks_select (hg kg) (hh kh) eg eh (prefersFirst h.number g.number)
  show Tracks j m (Min.min v w) (Min.min v w) (Beyond.min g.number h.number)
  rw [chosen, hK.min_eq]
  have twice : ∀ c : K, 0 - (0 - c) = c := fun c => by ring_by [c]
  cases hp : prefersFirst h.number g.number with
  | true =>
    rw [max_eq_left (sub_le_sub (le_refl 0) (order.1 hp)), twice]
    exact hg kg
  | false =>
    rw [max_eq_right (sub_le_sub (le_refl 0) (order.2 hp)), twice]
    exact hh kh

theorem isValueOf_ofNat (hS : ExporterModel K s j m) {n : Nat} {v : K} (e : v = ofInt n) :
    IsValueOf m v (⟨ofNat n, True⟩ : Guarded s j) := fun _ => by
  rw [e]
  exact tracks_ofNat hS.model hS.constants (fun _ => rfl)
    (Accurate.exact hS.constants.u_nonneg hS.constants.η_nonneg _ _ _)

theorem isValueOf_pi (hS : ExporterModel K s j m) : ∀ c : ExtBall, c = Enclosure.pi →
    (ofBall c : Beyond s).Ordinary j → Tracks j m (MathFunctions.pi : K) MathFunctions.pi (ofBall c : Beyond s) := by
  intro c hc ok
  have positive := pi_positive
  rw [← hc] at positive
  exact tracks_ofBall hS.model hS.constants (hS.encloses.pi c hc) positive.1 positive.2.1
    (nonneg_of_holds (holds_getD positive.2.2.1 (hS.encloses.pi c hc)) positive.2.2.2)
    (Accurate.exact hS.constants.u_nonneg hS.constants.η_nonneg _ _ _) ok

/-- **The value that the exporter writes is the exact one**, for every field of `Context`. -/
theorem isValueOf_respectsContext (hS : ExporterModel K s j m) :
    RespectsContext (IsValueOf m : K → Guarded s j → Prop) Guarded.Decided :=
  have exact (k E : Nat) (x : K) : Accurate (m.u K) (m.η K) k E x x :=
    Accurate.exact hS.constants.u_nonneg hS.constants.η_nonneg k E x
  { default := fun h => h.elim
    one := isValueOf_ofNat hS (ofInt_one K).symm
    zero := isValueOf_ofNat hS (show (0 : K) = ofInt 0 from BinaryLaws.ofInt_zero.symm)
    add := fun hg hh ⟨kg, kh, ok⟩ => tracks_add hS.model hS.constants (hg kg) (hh kh) (exact 1 1 _) ok
    sub := fun hg hh ⟨kg, kh, ok⟩ => tracks_sub hS.model hS.constants (hg kg) (hh kh) (exact 1 1 _) ok
    mul := fun hg hh ⟨kg, kh, ok⟩ => tracks_mul hS.model hS.constants (hg kg) (hh kh) (exact 1 1 _) ok
    div := fun hg hh ⟨kg, kh, divisor, ok⟩ => tracks_div hS.reading.div_mul_cancel hS.model hS.constants (hg kg) (hh kh)
      (fun e J => divisor m e J hS.model) (fun _ _ _ => exact _ _ _) ok
    neg := fun {v _} hg known => by
      have h := tracks_neg (hg known)
      rw [← hS.reading.neg_eq] at h
      exact h
    pow := fun _ _ h => h.elim
    max := fun hg hh => hg.max hh
    min := fun hg hh => hg.min hS.reading hh
    exp := fun hg => hg.apply hS .exp
    tanh := fun hg => hg.apply hS .tanh
    cosh := fun hg => hg.apply hS .cosh
    sqrt := fun hg => hg.apply hS .sqrt
    abs := fun hg known => by
      have h := tracks_abs (hg known)
      rw [← hS.reading.abs_eq] at h
      exact h
    log := fun hg => hg.apply hS .log
    pi := fun ok => isValueOf_pi hS _ rfl ok
    cos := fun hg => hg.apply hS .cos
    sin := fun hg => hg.apply hS .sin
    sinh := fun hg => hg.apply hS .sinh
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
    natCast := fun n => isValueOf_ofNat hS (hS.reading.natCast_eq n)
    gt := fun hg hh ⟨kg, kh, eg, eh⟩ => by
      rw [hS.reading.gt_iff]
      exact (isExact_decided (hg kg) (hh kh) eg eh).symm
    le := fun hg hh ⟨kg, kh, eg, eh⟩ => by
      have := isExact_decided (hg kg) (hh kh) eg eh
      show _ ↔ gt _ _ = false
      rw [← Bool.not_eq_true, this]
      exact Classical.not_not.symm
    beq := fun {v w g h} hg hh ⟨kg, kh, eg, eh⟩ => eq_of_true_iff (by
      have first := isExact_decided (hg kg) (hh kh) eg eh
      have second := isExact_decided (hh kh) (hg kg) eh eg
      rw [hS.reading.beq_iff]
      show _ ↔ (!hasNan g.number h.number && !gt g.number h.number && !gt h.number g.number) = true
      rw [hasNan_of_isBall (isBall_of_tracks (hg kg)) (isBall_of_tracks (hh kh)), ← Classical.not_not (a := v ≤ w),
        ← Classical.not_not (a := w ≤ v), ← first, ← second]
      cases gt g.number h.number <;> cases gt h.number g.number <;> decide) }

/-- Every element is finite. -/
def FiniteInputs (u : Tensor Ext sh) : Prop := Related (fun x y => x = y ∧ x.isFinite = true) u u

/-- Inputs, with their comparison with zero. -/
theorem isValueOf_inputs (hj : s.models[j]? = some m) {u : Tensor Ext sh} (h : FiniteInputs u) :
    Related (fun (v : K) (g : Guarded s j) => IsValueOf m v g ∧ Guarded.Decided g 0) (u.map (number K)) (guard u) :=
  Related.map (number K) Guarded.input (fun x y h => by
    obtain ⟨rfl, finite⟩ := h
    exact ⟨fun _ => tracks_ofExt hj finite, trivial, trivial, isExact_input finite, isExact_zero⟩) h

theorem isValueOf_tensor (hj : s.models[j]? = some m) {u : Tensor Ext sh} (h : FiniteInputs u) :
    Related (IsValueOf m : K → Guarded s j → Prop) (u.map (number K)) (guard u) :=
  Related.map (number K) Guarded.input (fun x y h => by
    obtain ⟨rfl, finite⟩ := h
    exact fun _ => tracks_ofExt hj finite) h

variable (hS : ExporterModel K s j m) {u c : Tensor Ext sh} (hu : FiniteInputs u) (hc : FiniteInputs c)
include hS hu

/-- Every definition that is built from the fields of `Context`, element by element. -/
theorem exporterValue_map {f : {α : Type} → [Context α] → α → α} (hf : KeepsRelations f) :
    Related IsWritten ((u.map (number K)).map f) ((guard u : Tensor (Guarded s j) sh).map f) :=
  related_isWritten (Activation.related_map (R := IsValueOf m) (P := (Guarded.Decided · 0))
    (fun hx hd => hf (isValueOf_respectsContext hS) hx hd) (isValueOf_inputs hS.model hu))

/-- The same with a parameter. -/
theorem exporterValue_mapWith {f : {α : Type} → [Context α] → α → α → α} (hf : KeepsRelations₂ f) {δ : Ext}
    (finite : δ.isFinite = true) : Related IsWritten ((u.map (number K)).map fun x => f x (number K δ))
      ((guard u : Tensor (Guarded s j) sh).map fun x => f x (Guarded.input δ)) :=
  related_isWritten (Activation.related_map (R := IsValueOf m) (P := (Guarded.Decided · 0))
    (fun hx hd => hf (isValueOf_respectsContext hS) hx hd fun _ => tracks_ofExt hS.model finite)
    (isValueOf_inputs hS.model hu))

theorem exporterValue_softmaxSpec :
    Related IsWritten (softmaxSpec (u.map (number K))) (softmaxSpec (guard u : Tensor (Guarded s j) sh)) :=
  related_isWritten (related_softmaxSpec (isValueOf_respectsContext hS) (isValueOf_tensor hS.model hu))

theorem exporterValue_logSoftmaxSpec :
    Related IsWritten (logSoftmaxSpec (u.map (number K))) (logSoftmaxSpec (guard u : Tensor (Guarded s j) sh)) :=
  related_isWritten (related_logSoftmaxSpec (isValueOf_respectsContext hS) (isValueOf_tensor hS.model hu))

include hc

theorem exporterValue_softmaxBackwardSpec :
    Related IsWritten (softmaxBackwardSpec (u.map (number K)) (c.map (number K)))
      (softmaxBackwardSpec (guard u : Tensor (Guarded s j) sh) (guard c)) :=
  related_isWritten (related_softmaxBackwardSpec (isValueOf_respectsContext hS) (isValueOf_tensor hS.model hu)
    (isValueOf_tensor hS.model hc))

theorem exporterValue_logSoftmaxBackwardSpec :
    Related IsWritten (logSoftmaxBackwardSpec (u.map (number K)) (c.map (number K)))
      (logSoftmaxBackwardSpec (guard u : Tensor (Guarded s j) sh) (guard c)) :=
  related_isWritten (related_logSoftmaxBackwardSpec (isValueOf_respectsContext hS) (isValueOf_tensor hS.model hu)
    (isValueOf_tensor hS.model hc))

theorem exporterValue_logSoftmaxJvpSpec :
    Related IsWritten (logSoftmaxJvpSpec (u.map (number K)) (c.map (number K)))
      (logSoftmaxJvpSpec (guard u : Tensor (Guarded s j) sh) (guard c)) :=
  related_isWritten (related_logSoftmaxJvpSpec (isValueOf_respectsContext hS) (isValueOf_tensor hS.model hu)
    (isValueOf_tensor hS.model hc))

end Conform.Soundness
