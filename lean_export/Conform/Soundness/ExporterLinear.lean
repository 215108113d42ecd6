import Conform.Soundness.Exporter

/-!
# Each operation, as the exporter runs it

For finite inputs, the traced run of each operation reads as the traces and the grids of the theorems: the first
half of each statement is about the bound, the second about the exact tier.

Main results: one theorem for each of the nine operations, `Conform.Soundness.traced_linearSpec` to
`Conform.Soundness.traced_linearGradientScaleSpec`; `Conform.Soundness.linear_conforms`, which puts the parts together
for one operation.
-/

namespace Conform.Soundness

open Spec Spec.Laws Spec.Tensor

variable (K : Type) [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K] [BinaryLaws K]
  {batch inDim outDim : Nat} {s : Shape}

/-- The reading of an input in the theorems on the bound. -/
abbrev toTrace (x : Ext) : Trace K := traceOf (number K) x

/-- The reading of an input in the theorems on the exact tier. -/
abbrev toGrid (x : Ext) : Grid K := gridOf (number K) quantum x

/-- The traced run of the exporter is, element by element, the run on traces and the run on grids. -/
def ReadsRun {K : Type} [Mul K] [LE K] [Binary K] (t : Tensor Traced s) (p : Tensor (Trace K) s)
    (g : Tensor (Grid K) s) : Prop :=
  Related ReadsTrace t p ∧ Related ReadsGrid t g

/-- The same of the gradients `(dW, db, dx)`. -/
def ReadsGradients {K : Type} [Mul K] [LE K] [Binary K] {sW sb sx : Shape}
    (t : Tensor Traced sW × Tensor Traced sb × Tensor Traced sx)
    (p : Tensor (Trace K) sW × Tensor (Trace K) sb × Tensor (Trace K) sx)
    (g : Tensor (Grid K) sW × Tensor (Grid K) sb × Tensor (Grid K) sx) : Prop :=
  RelatedGradients ReadsTrace t p ∧ RelatedGradients ReadsGrid t g

/-- Finite inputs, as inputs of the traced run. -/
theorem Finite.trace {t : Tensor Ext s} (h : Finite t) :
    Related ReadsTrace (t.map Traced.ofExt) (t.map (toTrace K)) :=
  Related.map Traced.ofExt (toTrace K) (fun _ _ h => h.1 ▸ readsTrace_input K h.2) h

/-- Finite inputs, as inputs of the run on grids. -/
theorem Finite.grid {t : Tensor Ext s} (h : Finite t) :
    Related ReadsGrid (t.map Traced.ofExt) (t.map (toGrid K)) :=
  Related.map Traced.ofExt (toGrid K) (fun _ _ h => h.1 ▸ readsGrid_input K h.2) h

/-- Finite parameters, as inputs of the traced run. -/
theorem FiniteLayer.trace {m : LinearSpec Ext inDim outDim} (h : FiniteLayer m) :
    LinearSpec.Related ReadsTrace (m.map Traced.ofExt) (m.map (toTrace K)) :=
  LinearSpec.Related.map Traced.ofExt (toTrace K) (fun _ _ h => h.1 ▸ readsTrace_input K h.2) h

/-- Finite parameters, as inputs of the run on grids. -/
theorem FiniteLayer.grid {m : LinearSpec Ext inDim outDim} (h : FiniteLayer m) :
    LinearSpec.Related ReadsGrid (m.map Traced.ofExt) (m.map (toGrid K)) :=
  LinearSpec.Related.map Traced.ofExt (toGrid K) (fun _ _ h => h.1 ▸ readsGrid_input K h.2) h

/-- `linear`: what the exporter writes is what the theorems speak of. -/
theorem traced_linearSpec {m : LinearSpec Ext inDim outDim} {x : Vec Ext inDim}
    (hm : FiniteLayer m) (hx : Finite x) :
    ReadsRun
      (linearSpec (m.map Traced.ofExt) (x.map Traced.ofExt))
      (linearSpec (m.map (toTrace K)) (x.map (toTrace K)))
      (linearSpec (m.map (toGrid K)) (x.map (toGrid K))) :=
  ⟨related_linearSpec readsTrace_respects (hm.trace K) (hx.trace K),
    related_linearSpec readsGrid_respects (hm.grid K) (hx.grid K)⟩

/-- `linear_batched`: what the exporter writes is what the theorems speak of. -/
theorem traced_linearBatchedSpec {m : LinearSpec Ext inDim outDim} {x : Mat Ext batch inDim}
    (hm : FiniteLayer m) (hx : Finite x) :
    ReadsRun
      (linearBatchedSpec (m.map Traced.ofExt) (x.map Traced.ofExt))
      (linearBatchedSpec (m.map (toTrace K)) (x.map (toTrace K)))
      (linearBatchedSpec (m.map (toGrid K)) (x.map (toGrid K))) :=
  ⟨related_linearBatchedSpec readsTrace_respects (hm.trace K) (hx.trace K),
    related_linearBatchedSpec readsGrid_respects (hm.grid K) (hx.grid K)⟩

/-- `linear_weights_deriv`: what the exporter writes is what the theorems speak of. -/
theorem traced_linearWeightsDerivSpec {x : Vec Ext inDim} {g : Vec Ext outDim} (hx : Finite x) (hg : Finite g) :
    ReadsRun
      (linearWeightsDerivSpec (x.map Traced.ofExt) (g.map Traced.ofExt))
      (linearWeightsDerivSpec (x.map (toTrace K)) (g.map (toTrace K)))
      (linearWeightsDerivSpec (x.map (toGrid K)) (g.map (toGrid K))) :=
  ⟨related_linearWeightsDerivSpec readsTrace_respects (hx.trace K) (hg.trace K),
    related_linearWeightsDerivSpec readsGrid_respects (hx.grid K) (hg.grid K)⟩

/-- `linear_bias_deriv`: what the exporter writes is what the theorems speak of. -/
theorem traced_linearBiasDerivSpec {w : Mat Ext outDim inDim} {g : Vec Ext outDim} {x : Vec Ext inDim}
    (hg : Finite g) :
    ReadsRun
      (linearBiasDerivSpec (w.map Traced.ofExt) (g.map Traced.ofExt) (x.map Traced.ofExt))
      (linearBiasDerivSpec (w.map (toTrace K)) (g.map (toTrace K)) (x.map (toTrace K)))
      (linearBiasDerivSpec (w.map (toGrid K)) (g.map (toGrid K)) (x.map (toGrid K))) :=
  ⟨related_linearBiasDerivSpec (hg.trace K),
    related_linearBiasDerivSpec (hg.grid K)⟩

/-- `linear_input_deriv`: what the exporter writes is what the theorems speak of. -/
theorem traced_linearInputDerivSpec {w : Mat Ext outDim inDim} {g : Vec Ext outDim}
    (hw : Finite w) (hg : Finite g) :
    ReadsRun
      (linearInputDerivSpec (w.map Traced.ofExt) (g.map Traced.ofExt))
      (linearInputDerivSpec (w.map (toTrace K)) (g.map (toTrace K)))
      (linearInputDerivSpec (w.map (toGrid K)) (g.map (toGrid K))) :=
  ⟨related_linearInputDerivSpec readsTrace_respects (hw.trace K) (hg.trace K),
    related_linearInputDerivSpec readsGrid_respects (hw.grid K) (hg.grid K)⟩

/-- `batch_linear_deriv`: what the exporter writes is what the theorems speak of. -/
theorem traced_batchLinearDerivSpec {w : Mat Ext outDim inDim} {x : Mat Ext (batch + 1) inDim}
    {g : Mat Ext (batch + 1) outDim}
    (hw : Finite w) (hx : Finite x) (hg : Finite g) :
    ReadsGradients
      (batchLinearDerivSpec (w.map Traced.ofExt) (x.map Traced.ofExt) (g.map Traced.ofExt))
      (batchLinearDerivSpec (w.map (toTrace K)) (x.map (toTrace K)) (g.map (toTrace K)))
      (batchLinearDerivSpec (w.map (toGrid K)) (x.map (toGrid K)) (g.map (toGrid K))) :=
  ⟨related_batchLinearDerivSpec readsTrace_respects (hw.trace K) (hx.trace K) (hg.trace K),
    related_batchLinearDerivSpec readsGrid_respects (hw.grid K) (hx.grid K) (hg.grid K)⟩

/-- `linear_backward`: what the exporter writes is what the theorems speak of. -/
theorem traced_linearBackwardSpec {m : LinearSpec Ext inDim outDim} {x : Vec Ext inDim} {g : Vec Ext outDim}
    (hm : FiniteLayer m) (hx : Finite x) (hg : Finite g) :
    ReadsGradients
      (linearBackwardSpec (m.map Traced.ofExt) (x.map Traced.ofExt) (g.map Traced.ofExt))
      (linearBackwardSpec (m.map (toTrace K)) (x.map (toTrace K)) (g.map (toTrace K)))
      (linearBackwardSpec (m.map (toGrid K)) (x.map (toGrid K)) (g.map (toGrid K))) :=
  ⟨related_linearBackwardSpec readsTrace_respects (hm.trace K) (hx.trace K) (hg.trace K),
    related_linearBackwardSpec readsGrid_respects (hm.grid K) (hx.grid K) (hg.grid K)⟩

/-- `linear_gradient_accumulate`: what the exporter writes is what the theorems speak of. -/
theorem traced_linearGradientAccumulateSpec {a b : Mat Ext outDim inDim} (ha : Finite a) (hb : Finite b) :
    ReadsRun
      (linearGradientAccumulateSpec (a.map Traced.ofExt) (b.map Traced.ofExt))
      (linearGradientAccumulateSpec (a.map (toTrace K)) (b.map (toTrace K)))
      (linearGradientAccumulateSpec (a.map (toGrid K)) (b.map (toGrid K))) :=
  ⟨related_linearGradientAccumulateSpec readsTrace_respects (ha.trace K) (hb.trace K),
    related_linearGradientAccumulateSpec readsGrid_respects (ha.grid K) (hb.grid K)⟩

/-- `linear_gradient_scale`: what the exporter writes is what the theorems speak of. -/
theorem traced_linearGradientScaleSpec {a : Mat Ext outDim inDim} {c : Ext}
    (ha : Finite a) (hc : c.isFinite = true) :
    ReadsRun
      (linearGradientScaleSpec (a.map Traced.ofExt) (Traced.ofExt c))
      (linearGradientScaleSpec (a.map (toTrace K)) (toTrace K c))
      (linearGradientScaleSpec (a.map (toGrid K)) (toGrid K c)) :=
  ⟨related_linearGradientScaleSpec readsTrace_respects (ha.trace K) (readsTrace_input K hc),
    related_linearGradientScaleSpec readsGrid_respects (ha.grid K) (readsGrid_input K hc)⟩

/-- The parts together, for `linear` in any order of summation. The result `y` is computed from finite inputs by any
tree over the rounded products and the bias, with any rounding of unit roundoff `u` and underflow `η` that leaves
numbers of the format `F` unchanged. `t` is what the exporter writes for that output. Then the error is within the
bound made of `t`, and where the condition of the exact tier holds of `t`, there is no error. -/
theorem linear_conforms {u η y : K} (hc : Constants u η) (F : Format K) {m : LinearSpec Ext inDim outDim}
    {x : Vec Ext inDim} (hm : FiniteLayer m) (hx : Finite x) (i : Fin outDim) {f : Option (Fin inDim) → K}
    {rounds : K → K → Prop} (model : ∀ e r, rounds e r → IsRounding u η e r)
    (exact : ∀ e r, rounds e r → F.Rounds e r)
    (hf : ∀ j, rounds (number K (m.weights.get₂ i j) * number K (x.get₁ j)) (f (some j)))
    (hb : f none = number K (m.bias.get₁ i)) {tree : Tree (Option (Fin inDim))}
    (order : tree.terms.Perm (Tree.withBias inDim)) (h : tree.Evaluates rounds f y) :
    let t := (linearSpec (m.map Traced.ofExt) (x.map Traced.ofExt)).get₁ i
    abs (y - number K t.value) ≤
        (pow (1 + u) t.depth - 1) * toRing K t.finite + pow (1 + u) t.depth * toRing K t.underflow * η ∧
      ((∀ q, t.quantum = some q → toRing K t.finite ≤ twoPow ((F.precision : Int) + q)) →
        (∀ q, t.floor = some q → F.emin ≤ q) → toRing K t.peak ≤ F.largest → y = number K t.value) := by
  intro t
  have trace := (traced_linearSpec K hm hx).1.get₁ i
  have grid := (traced_linearSpec K hm hx).2.get₁ i
  have value : number K t.value = (linearSpec (m.map (number K)) (x.map (number K))).get₁ i := by
    rw [get₁_linearSpec_map]
    refine grid.value.value.trans ?_
    rw [get₁_linearSpec_map]
    show (sumFin inDim fun j => toGrid K (m.weights.get₂ i j) * toGrid K (x.get₁ j)).value + _ = _
    rw [Grid.value_sumFin]
    rfl
  rw [value]
  constructor
  · rw [← trace.bound_eq]
    exact linearSpec_anyOrder hc m x i (fun j => model _ _ (hf j)) hb order (h.mono model)
  · intro magnitude floor peak
    exact linearSpec_exact_anyOrder (isQuantum_number K) m x i (fun j => exact _ _ (hf j)) hb
      ((grid.fits_iff F).mpr ⟨magnitude, floor, peak⟩) order (h.mono exact)

end Conform.Soundness
