import Conform.Soundness.ExporterEnclosures

/-!
# Each activation, as the exporter runs it

Run a definition in the arithmetic of a backend and at the exporter's scalar, on the same finite inputs: where something
is known of an element and of all that went into it, the backend's is off the value that is written by at most the error
that the exporter computes. For every definition that is built from the fields of `Context`, and so for each activation;
for softmax, log-softmax and their derivatives.

Main definitions: `Conform.Soundness.ReadsInput`, `Conform.Soundness.BackendArithmetic.Conforms`.
Main results: `Conform.Soundness.exporter_map`, `Conform.Soundness.exporter_mapWith`,
`Conform.Soundness.exporter_softmaxSpec`, `Conform.Soundness.exporter_logSoftmaxSpec` and those of their derivatives.
-/

namespace Conform.Soundness

open Enclosure Spec Spec.Laws Spec.Tensor Beyond Activation

variable {K : Type} [Context K] [Abs K] [Binary K] {s : Setting} {j : Nat} {m : Model} {β : Type} [Context β]
  {sh : Shape}

/-- The input of the backend is the finite number that the exporter reads. -/
def ReadsInput (M : BackendArithmetic (errorModel K s m) β) (p : β) (x : Ext) : Prop :=
  x.isFinite = true ∧ M.value p = number K x

/-- What the exporter says of an element is true of the backend's: where something is known of all that went into it,
the backend's is off the midpoint by at most the error. -/
def BackendArithmetic.Conforms (M : BackendArithmetic (errorModel K s m) β) (p : β) (g : Guarded s j) : Prop :=
  g.known → ∀ e d, g.number.errors[j]? = some e → e.error m g.number.magnitude g.number.value.rad = some d →
    Abs.abs (M.value p - toRing K g.number.value.mid) ≤ toRing K d

/-- Inputs of the exporter, as they are guarded. -/
def guard (t : Tensor Ext sh) : Tensor (Guarded s j) sh := t.map Guarded.input

theorem all_map {α γ : Type} {p : γ → Bool} {f : α → γ} (h : ∀ a, p (f a) = true) : ∀ as : List α,
    (as.map f).all p = true
  | [] => rfl
  | a :: as => by
    show (p (f a) && (as.map f).all p) = true
    rw [h a, all_map h as]
    rfl

theorem isExact_input {x : Ext} (finite : x.isFinite = true) : (Guarded.input x : Guarded s j).IsExact := by
  refine ⟨?_, all_map (fun _ => rfl) _⟩
  cases x with
  | finite _ => rfl
  | negZero => rfl
  | inf _ => cases finite
  | nan => cases finite

theorem isExact_zero : (0 : Guarded s j).IsExact := by
  refine ⟨rfl, all_map (fun model => ?_) _⟩
  have represented : model.format.represents (ExtBall.ofExt (.finite (.ofInt (0 : Nat)))).toExt = true := rfl
  show Errors.isExact { terms := if ((true : Bool) && model.format.represents
    (ExtBall.ofExt (.finite (.ofInt (0 : Nat)))).toExt) = true then 0 else 1, nonneg := _, nonpos := _ } = true
  rw [represented]
  rfl

variable [OrderedFieldLaws K] {M : BackendArithmetic (errorModel K s m) β}

theorem follows_input (hj : s.models[j]? = some m) {p : β} {x : Ext} (h : ReadsInput M p x) :
    M.Follows p (Guarded.input x : Guarded s j) := fun _ => ⟨number K x, by
  rw [h.2]
  exact tracks_ofExt hj h.1⟩

theorem conforms_of_follows (hS : ExporterModel K s j m) {p : β} {g : Guarded s j} (h : M.Follows p g) :
    M.Conforms p g := fun known _ _ he hd => h.error_le hS known he hd

theorem related_conforms (hS : ExporterModel K s j m) : {sh : Shape} → {t : Tensor β sh} →
    {u : Tensor (Guarded s j) sh} → Related M.Follows t u → Related M.Conforms t u
  | _, .scalar _, .scalar _, h => conforms_of_follows hS h
  | _, .dim _, .dim _, h => fun i => related_conforms hS (h i)

/-- Inputs, with their comparison with zero. -/
theorem follows_inputs (hj : s.models[j]? = some m) {t : Tensor β sh} {u : Tensor Ext sh}
    (h : Related (ReadsInput M) t u) :
    Related (fun p (g : Guarded s j) => M.Follows p g ∧ Guarded.Decided g 0) t (guard u) := by
  have := Related.map (R' := fun p (g : Guarded s j) => M.Follows p g ∧ Guarded.Decided g 0) id Guarded.input
    (fun p x h => ⟨follows_input hj h, trivial, trivial, isExact_input h.1, isExact_zero⟩) h
  rwa [map_id] at this
where
  map_id {α : Type} {sh : Shape} (t : Tensor α sh) : t.map id = t := by
    induction t with
    | scalar _ => rfl
    | dim f ih => exact congrArg Tensor.dim (funext ih)

theorem follows_tensor (hj : s.models[j]? = some m) {t : Tensor β sh} {u : Tensor Ext sh}
    (h : Related (ReadsInput M) t u) : Related M.Follows t (guard u : Tensor (Guarded s j) sh) := by
  have := Related.map (R' := M.Follows) id id (fun _ _ h => h.1) (follows_inputs (j := j) hj h)
  rwa [follows_inputs.map_id, follows_inputs.map_id] at this

variable (hS : ExporterModel K s j m) {t d : Tensor β sh} {u c : Tensor Ext sh} (ht : Related (ReadsInput M) t u)
  (hd : Related (ReadsInput M) d c)
include hS ht

/-- **Every definition that is built from the fields of `Context`**, as the exporter runs it, element by element. -/
theorem exporter_map {f : {α : Type} → [Context α] → α → α} (hf : KeepsRelations f) :
    Related M.Conforms (t.map f) ((guard u : Tensor (Guarded s j) sh).map f) :=
  related_conforms hS (Activation.related_map (R := M.Follows) (P := (Guarded.Decided · 0))
    (fun hx hd => hf (M.follows_respectsContext hS) hx hd) (follows_inputs hS.model ht))

/-- The same with a parameter. -/
theorem exporter_mapWith {f : {α : Type} → [Context α] → α → α → α} (hf : KeepsRelations₂ f) {ε : β} {δ : Ext}
    (hε : ReadsInput M ε δ) : Related M.Conforms (t.map fun x => f x ε)
      ((guard u : Tensor (Guarded s j) sh).map fun x => f x (Guarded.input δ)) :=
  related_conforms hS (Activation.related_map (R := M.Follows) (P := (Guarded.Decided · 0))
    (fun hx hd => hf (M.follows_respectsContext hS) hx hd (follows_input hS.model hε)) (follows_inputs hS.model ht))

theorem exporter_softmaxSpec :
    Related M.Conforms (softmaxSpec t) (softmaxSpec (guard u : Tensor (Guarded s j) sh)) :=
  related_conforms hS (related_softmaxSpec (M.follows_respectsContext hS) (follows_tensor hS.model ht))

theorem exporter_logSoftmaxSpec :
    Related M.Conforms (logSoftmaxSpec t) (logSoftmaxSpec (guard u : Tensor (Guarded s j) sh)) :=
  related_conforms hS (related_logSoftmaxSpec (M.follows_respectsContext hS) (follows_tensor hS.model ht))

include hd

theorem exporter_softmaxBackwardSpec : Related M.Conforms (softmaxBackwardSpec t d)
    (softmaxBackwardSpec (guard u : Tensor (Guarded s j) sh) (guard c)) :=
  related_conforms hS (related_softmaxBackwardSpec (M.follows_respectsContext hS) (follows_tensor hS.model ht)
    (follows_tensor hS.model hd))

theorem exporter_logSoftmaxBackwardSpec : Related M.Conforms (logSoftmaxBackwardSpec t d)
    (logSoftmaxBackwardSpec (guard u : Tensor (Guarded s j) sh) (guard c)) :=
  related_conforms hS (related_logSoftmaxBackwardSpec (M.follows_respectsContext hS) (follows_tensor hS.model ht)
    (follows_tensor hS.model hd))

theorem exporter_logSoftmaxJvpSpec : Related M.Conforms (logSoftmaxJvpSpec t d)
    (logSoftmaxJvpSpec (guard u : Tensor (Guarded s j) sh) (guard c)) :=
  related_conforms hS (related_logSoftmaxJvpSpec (M.follows_respectsContext hS) (follows_tensor hS.model ht)
    (follows_tensor hS.model hd))

end Conform.Soundness
