import Conform.Soundness.CompositeNumberValue
import NN.Spec.Layers.ActivationRelation

/-!
# Every activation is within its bound

Run a definition in the arithmetic of a backend, exactly, and traced, on the same inputs: where something is known of an
element, the backend's is off the exact one by at most the bound of the trace. One theorem for each activation, its
derivative, softmax, log-softmax and their derivatives, on tensors of any rank.

Main definitions: `Conform.Soundness.SoundModel`, `Conform.Soundness.BackendArithmetic.Judged`.
Main results: `Conform.Soundness.sigmoidSpec_error` and the others; `Conform.Soundness.reluSpec_exact`,
`Conform.Soundness.reluDerivSpec_exact` and `Conform.Soundness.leakyReluDerivSpec_exact`, without any error.
-/

namespace Conform.Soundness

open Spec Spec.Laws Spec.Tensor Enclosure Activation CompositeNumber

variable {K : Type} [Context K] [Abs K] [Binary K] {S : ErrorModel K} {β : Type} [Context β] {s : Shape}

/-- What the bound of a model rests on, besides what a backend keeps to. -/
structure SoundModel [OrderedFieldLaws K] (S : ErrorModel K) : Prop where
  constants : Constants S.u S.η
  reading : ExactReading K
  encloses : S.Encloses

namespace BackendArithmetic

/-- An input of the backend as an input of the traced reading. -/
noncomputable def input (M : BackendArithmetic S β) (x : β) : CompositeNumber S := CompositeNumber.input (M.value x)

/-- Element by element: where something is known, the result is off the exact value by at most the bound. -/
def Judged (M : BackendArithmetic S β) : {s : Shape} → Tensor β s → Tensor K s → Tensor (CompositeNumber S) s → Prop
  | _, .scalar x, .scalar v, .scalar t => ∀ c, t.trace = some c → Abs.abs (M.value x - v) ≤ c.bound S.u S.η
  | _, .dim f, .dim g, .dim h => ∀ i, M.Judged (f i) (g i) (h i)

/-- Element by element, the result is the exact value. -/
def Equal (M : BackendArithmetic S β) (r : Tensor β s) (v : Tensor K s) : Prop :=
  Related (fun x y => M.value x = y) r v

variable {M : BackendArithmetic S β}

/-- From the two relations, element by element. -/
theorem judged_of_related : {s : Shape} → {r : Tensor β s} → {v : Tensor K s} → {t : Tensor (CompositeNumber S) s} →
    Related M.Near r t → Related HasValue v t → M.Judged r v t
  | _, .scalar _, .scalar _, .scalar _, h, hv => fun _ known => error_le h hv known
  | _, .dim _, .dim _, .dim _, h, hv => fun i => judged_of_related (h i) (hv i)

end BackendArithmetic

/-- Inputs are exact, so that their comparison with zero is decided. -/
theorem decided_input (v : K) : Decided (CompositeNumber.input v : CompositeNumber S) 0 :=
  ⟨_, _, rfl, rfl, Or.inl ⟨⟨rfl, rfl, rfl⟩, ⟨rfl, rfl, rfl⟩⟩⟩

variable [OrderedFieldLaws K] (M : BackendArithmetic S β)

/-- Inputs, with their comparison with zero. -/
theorem near_inputs (t : Tensor β s) : Related (fun x y => M.Near x y ∧ Decided y 0) t (t.map M.input) :=
  related_self_map M.input (fun x => ⟨M.near_input x, decided_input _⟩) t

omit [OrderedFieldLaws K] in
theorem hasValue_inputs (t : Tensor β s) :
    Related (fun x y => HasValue x y ∧ Decided y 0) (t.map M.value) (t.map M.input) :=
  Spec.Tensor.related_map M.value M.input (fun _ => ⟨hasValue_input _, decided_input _⟩) t

theorem near_tensor (t : Tensor β s) : Related M.Near t (t.map M.input) := related_self_map M.input M.near_input t

omit [OrderedFieldLaws K] in
theorem hasValue_tensor (t : Tensor β s) : Related HasValue (t.map M.value) (t.map M.input) :=
  Spec.Tensor.related_map M.value M.input (fun _ => hasValue_input _) t

/-- A definition that keeps every relation, as `related_sigmoidSpec` says of the sigmoid. -/
def KeepsRelations (f : {α : Type} → [Context α] → α → α) : Prop :=
  ∀ {α β : Type} [Context α] [Context β] {R : α → β → Prop} {decided : β → β → Prop}, RespectsContext R decided →
    ∀ {x y}, R x y → decided y 0 → R (f x) (f y)

/-- The same with a parameter. -/
def KeepsRelations₂ (f : {α : Type} → [Context α] → α → α → α) : Prop :=
  ∀ {α β : Type} [Context α] [Context β] {R : α → β → Prop} {decided : β → β → Prop}, RespectsContext R decided →
    ∀ {x y ε δ}, R x y → decided y 0 → R ε δ → R (f x ε) (f y δ)

variable {M} (hS : SoundModel S) (t d : Tensor β s) (ε : β)
include hS

/-- Both relations, for every field of `Context`. -/
theorem SoundModel.near : RespectsContext M.Near Decided := M.respectsContext hS.constants hS.reading hS.encloses

theorem SoundModel.value : RespectsContext (HasValue : K → CompositeNumber S → Prop) Decided :=
  hasValue_respectsContext hS.reading

/-- **A definition that is built from the fields of `Context` is within its bound**, element by element. -/
theorem map_error {f : {α : Type} → [Context α] → α → α} (hf : KeepsRelations f) :
    M.Judged (t.map f) ((t.map M.value).map f) ((t.map M.input).map f) :=
  BackendArithmetic.judged_of_related
    (Activation.related_map (R := M.Near) (P := (Decided · 0)) (fun hx hd => hf hS.near hx hd) (near_inputs M t))
    (Activation.related_map (R := HasValue) (P := (Decided · 0)) (fun hx hd => hf hS.value hx hd) (hasValue_inputs M t))

theorem map_error₂ {f : {α : Type} → [Context α] → α → α → α} (hf : KeepsRelations₂ f) :
    M.Judged (t.map fun x => f x ε) ((t.map M.value).map fun x => f x (M.value ε))
      ((t.map M.input).map fun x => f x (M.input ε)) :=
  BackendArithmetic.judged_of_related
    (Activation.related_map (R := M.Near) (P := (Decided · 0)) (fun hx hd => hf hS.near hx hd (M.near_input ε))
      (near_inputs M t))
    (Activation.related_map (R := HasValue) (P := (Decided · 0)) (fun hx hd => hf hS.value hx hd (hasValue_input _))
      (hasValue_inputs M t))

theorem reluSpec_error : M.Judged (reluSpec t) (reluSpec (t.map M.value)) (reluSpec (t.map M.input)) :=
  map_error hS t fun h _ _ hx _ => Math.related_reluSpec h hx

theorem reluDerivSpec_error :
    M.Judged (reluDerivSpec t) (reluDerivSpec (t.map M.value)) (reluDerivSpec (t.map M.input)) :=
  map_error hS t fun h _ _ hx hd => Math.related_reluDerivSpec h hx hd

theorem sigmoidSpec_error : M.Judged (sigmoidSpec t) (sigmoidSpec (t.map M.value)) (sigmoidSpec (t.map M.input)) :=
  map_error hS t fun h _ _ hx _ => Math.related_sigmoidSpec h hx

theorem sigmoidDerivSpec_error :
    M.Judged (sigmoidDerivSpec t) (sigmoidDerivSpec (t.map M.value)) (sigmoidDerivSpec (t.map M.input)) :=
  map_error hS t fun h _ _ hx _ => Math.related_sigmoidDerivSpec h hx

theorem sigmoidOutputDerivSpec_error : M.Judged (sigmoidOutputDerivSpec t) (sigmoidOutputDerivSpec (t.map M.value))
    (sigmoidOutputDerivSpec (t.map M.input)) :=
  map_error hS t fun h _ _ hx _ => Math.related_sigmoidOutputDeriv h hx

theorem tanhSpec_error : M.Judged (tanhSpec t) (tanhSpec (t.map M.value)) (tanhSpec (t.map M.input)) :=
  map_error hS t fun h _ _ hx _ => Math.related_tanhSpec h hx

theorem tanhDerivSpec_error :
    M.Judged (tanhDerivSpec t) (tanhDerivSpec (t.map M.value)) (tanhDerivSpec (t.map M.input)) :=
  map_error hS t fun h _ _ hx _ => Math.related_tanhDerivSpec h hx

theorem geluSpec_error : M.Judged (geluSpec t) (geluSpec (t.map M.value)) (geluSpec (t.map M.input)) :=
  map_error hS t fun h _ _ hx _ => Math.related_geluSpec h hx

theorem geluDerivSpec_error :
    M.Judged (geluDerivSpec t) (geluDerivSpec (t.map M.value)) (geluDerivSpec (t.map M.input)) :=
  map_error hS t fun h _ _ hx _ => Math.related_geluDerivSpec h hx

theorem swishSpec_error : M.Judged (swishSpec t) (swishSpec (t.map M.value)) (swishSpec (t.map M.input)) :=
  map_error hS t fun h _ _ hx _ => Math.related_swishSpec h hx

theorem swishDerivSpec_error :
    M.Judged (swishDerivSpec t) (swishDerivSpec (t.map M.value)) (swishDerivSpec (t.map M.input)) :=
  map_error hS t fun h _ _ hx _ => Math.related_swishDerivSpec h hx

theorem softplusSpec_error : M.Judged (softplusSpec t) (softplusSpec (t.map M.value)) (softplusSpec (t.map M.input)) :=
  map_error hS t fun h _ _ hx hd => Math.related_softplusSpec h hx hd

theorem softplusDerivSpec_error :
    M.Judged (softplusDerivSpec t) (softplusDerivSpec (t.map M.value)) (softplusDerivSpec (t.map M.input)) :=
  map_error hS t fun h _ _ hx _ => Math.related_softplusDerivSpec h hx

theorem sinhSpec_error : M.Judged (t.map Math.sinhSpec) ((t.map M.value).map Math.sinhSpec)
    ((t.map M.input).map Math.sinhSpec) :=
  map_error hS t fun h _ _ hx _ => Math.related_sinhSpec h hx

theorem sinhDerivSpec_error : M.Judged (t.map Math.sinhDerivSpec) ((t.map M.value).map Math.sinhDerivSpec)
    ((t.map M.input).map Math.sinhDerivSpec) :=
  map_error hS t fun h _ _ hx _ => Math.related_sinhDerivSpec h hx

theorem coshSpec_error : M.Judged (t.map Math.coshSpec) ((t.map M.value).map Math.coshSpec)
    ((t.map M.input).map Math.coshSpec) :=
  map_error hS t fun h _ _ hx _ => Math.related_coshSpec h hx

theorem coshDerivSpec_error : M.Judged (t.map Math.coshDerivSpec) ((t.map M.value).map Math.coshDerivSpec)
    ((t.map M.input).map Math.coshDerivSpec) :=
  map_error hS t fun h _ _ hx _ => Math.related_coshDerivSpec h hx

theorem logisticSpec_error : M.Judged (t.map Math.logisticSpec) ((t.map M.value).map Math.logisticSpec)
    ((t.map M.input).map Math.logisticSpec) :=
  map_error hS t fun h _ _ hx _ => Math.related_logisticSpec h hx

theorem logisticDerivSpec_error : M.Judged (t.map Math.logisticDerivSpec) ((t.map M.value).map Math.logisticDerivSpec)
    ((t.map M.input).map Math.logisticDerivSpec) :=
  map_error hS t fun h _ _ hx _ => Math.related_logisticDerivSpec h hx

theorem leakyReluSpec_error : M.Judged (leakyReluSpec t ε) (leakyReluSpec (t.map M.value) (M.value ε))
    (leakyReluSpec (t.map M.input) (M.input ε)) :=
  map_error₂ hS t ε fun h _ _ _ _ hx hd hε => Math.related_leakyReluSpec h hx hd hε

theorem leakyReluDerivSpec_error : M.Judged (leakyReluDerivSpec t ε) (leakyReluDerivSpec (t.map M.value) (M.value ε))
    (leakyReluDerivSpec (t.map M.input) (M.input ε)) :=
  map_error₂ hS t ε fun h _ _ _ _ hx hd hε => Math.related_leakyReluDerivSpec h hx hd hε

theorem eluSpec_error : M.Judged (eluSpec t ε) (eluSpec (t.map M.value) (M.value ε))
    (eluSpec (t.map M.input) (M.input ε)) :=
  map_error₂ hS t ε fun h _ _ _ _ hx hd hε => Math.related_eluSpec h hx hd hε

theorem eluDerivSpec_error : M.Judged (eluDerivSpec t ε) (eluDerivSpec (t.map M.value) (M.value ε))
    (eluDerivSpec (t.map M.input) (M.input ε)) :=
  map_error₂ hS t ε fun h _ _ _ _ hx hd hε => Math.related_eluDerivSpec h hx hd hε

theorem safeLogSpec_error : M.Judged (safeLogSpec t ε) (safeLogSpec (t.map M.value) (M.value ε))
    (safeLogSpec (t.map M.input) (M.input ε)) :=
  map_error₂ hS t ε fun h _ _ _ _ hx hd hε => Math.related_safeLogSpec h hx hd hε

theorem safeLogDerivSpec_error : M.Judged (safeLogDerivSpec t ε) (safeLogDerivSpec (t.map M.value) (M.value ε))
    (safeLogDerivSpec (t.map M.input) (M.input ε)) :=
  map_error₂ hS t ε fun h _ _ _ _ hx hd hε => Math.related_safeLogDerivSpec h hx hd hε

theorem smoothAbsSpec_error : M.Judged (smoothAbsSpec t ε) (smoothAbsSpec (t.map M.value) (M.value ε))
    (smoothAbsSpec (t.map M.input) (M.input ε)) :=
  map_error₂ hS t ε fun h _ _ _ _ hx _ hε => Math.related_smoothAbsSpec h hx hε

theorem smoothAbsDerivSpec_error : M.Judged (smoothAbsDerivSpec t ε) (smoothAbsDerivSpec (t.map M.value) (M.value ε))
    (smoothAbsDerivSpec (t.map M.input) (M.input ε)) :=
  map_error₂ hS t ε fun h _ _ _ _ hx _ hε => Math.related_smoothAbsDerivSpec h hx hε

/-! ## Along the last axis -/

theorem softmaxSpec_error : M.Judged (softmaxSpec t) (softmaxSpec (t.map M.value)) (softmaxSpec (t.map M.input)) :=
  BackendArithmetic.judged_of_related (related_softmaxSpec hS.near (near_tensor M t))
    (related_softmaxSpec hS.value (hasValue_tensor M t))

theorem logSoftmaxSpec_error :
    M.Judged (logSoftmaxSpec t) (logSoftmaxSpec (t.map M.value)) (logSoftmaxSpec (t.map M.input)) :=
  BackendArithmetic.judged_of_related (related_logSoftmaxSpec hS.near (near_tensor M t))
    (related_logSoftmaxSpec hS.value (hasValue_tensor M t))

theorem softmaxBackwardSpec_error :
    M.Judged (softmaxBackwardSpec t d) (softmaxBackwardSpec (t.map M.value) (d.map M.value))
    (softmaxBackwardSpec (t.map M.input) (d.map M.input)) :=
  BackendArithmetic.judged_of_related (related_softmaxBackwardSpec hS.near (near_tensor M t) (near_tensor M d))
    (related_softmaxBackwardSpec hS.value (hasValue_tensor M t) (hasValue_tensor M d))

theorem logSoftmaxBackwardSpec_error :
    M.Judged (logSoftmaxBackwardSpec t d) (logSoftmaxBackwardSpec (t.map M.value) (d.map M.value))
      (logSoftmaxBackwardSpec (t.map M.input) (d.map M.input)) :=
  BackendArithmetic.judged_of_related (related_logSoftmaxBackwardSpec hS.near (near_tensor M t) (near_tensor M d))
    (related_logSoftmaxBackwardSpec hS.value (hasValue_tensor M t) (hasValue_tensor M d))

theorem logSoftmaxJvpSpec_error : M.Judged (logSoftmaxJvpSpec t d) (logSoftmaxJvpSpec (t.map M.value) (d.map M.value))
    (logSoftmaxJvpSpec (t.map M.input) (d.map M.input)) :=
  BackendArithmetic.judged_of_related (related_logSoftmaxJvpSpec hS.near (near_tensor M t) (near_tensor M d))
    (related_logSoftmaxJvpSpec hS.value (hasValue_tensor M t) (hasValue_tensor M d))

/-! ## What only compares and moves

No rounding is assumed to be small here, nor is anything assumed of the table: in every format, the result is the
value. -/

omit [OrderedFieldLaws K] hS in
theorem reluSpec_exact : M.Equal (reluSpec t) (reluSpec (t.map M.value)) :=
  Related.map _ _ (fun x _ h => by
    show M.value (max x 0) = max _ 0
    rw [M.max, M.zero, h]) (related_self_map M.value (fun _ => rfl) t)

omit [OrderedFieldLaws K] hS in
/-- A branch on the sign, of the backend and of the exact reading. -/
theorem value_ite (hK : ExactReading K) (x y z : β) :
    M.value (if x > 0 then y else z) = if M.value x > 0 then M.value y else M.value z := by
  have same : x > 0 ↔ M.value x > 0 := by rw [M.gt_iff, M.zero, hK.gt_iff]
  by_cases h : x > 0
  · rw [if_pos h, if_pos (same.mp h)]
  · rw [if_neg h, if_neg fun h' => h (same.mpr h')]

omit [OrderedFieldLaws K] hS in
theorem reluDerivSpec_exact (hK : ExactReading K) : M.Equal (reluDerivSpec t) (reluDerivSpec (t.map M.value)) :=
  Related.map _ _ (fun x v h => by
    show M.value (if x > 0 then 1 else 0) = if v > 0 then 1 else 0
    rw [value_ite hK, M.one, M.zero, h]) (related_self_map M.value (fun _ => rfl) t)

omit [OrderedFieldLaws K] hS in
theorem leakyReluDerivSpec_exact (hK : ExactReading K) :
    M.Equal (leakyReluDerivSpec t ε) (leakyReluDerivSpec (t.map M.value) (M.value ε)) :=
  Related.map _ _ (fun x v h => by
    show M.value (if x > 0 then 1 else ε) = if v > 0 then 1 else M.value ε
    rw [value_ite hK, M.one, h]) (related_self_map M.value (fun _ => rfl) t)

end Conform.Soundness
