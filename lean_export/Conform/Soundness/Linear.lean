import Conform.Soundness.Rounded
import NN.Spec.Layers.LinearRelation

/-!
# The error bound of every operation of the linear layer

The spec run with rounded scalars is within the bound of the spec run with traced scalars, for the very definitions of
`NN.Spec.Layers.Linear`. `M.value` reads a rounded number as the exact number it stands for; `M.trace` makes it an
input of the traced run. Each theorem compares three runs of one definition on the same inputs: rounded, exact,
traced.

Main results: one theorem for each of the nine operations, `Conform.Soundness.linearSpec_error` to
`Conform.Soundness.linearGradientScaleSpec_error`.
-/

namespace Conform.Soundness

open Spec RoundedArithmetic

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [OrderedRingLaws K]
  {β : Type} [Add β] [Mul β] [Zero β] {u η : K} {batch inDim outDim : Nat}

/-- The parameters, rounded and traced. -/
theorem related_layer (M : RoundedArithmetic β (IsRounding u η)) (m : LinearSpec β inDim outDim) :
    LinearSpec.Related M.Near m (m.map M.trace) :=
  ⟨M.related_input _, M.related_input _⟩

omit [One K] [OrderedRingLaws K] in
/-- The parameters, exact and traced. -/
theorem isValue_layer (M : RoundedArithmetic β (IsRounding u η)) (m : LinearSpec β inDim outDim) :
    LinearSpec.Related IsValue (m.map M.value) (m.map M.trace) :=
  ⟨M.isValue_input _, M.isValue_input _⟩

/-- `linear`: every output `yᵢ` is within the bound of its trace. -/
theorem linearSpec_error (hc : Constants u η) (M : RoundedArithmetic β (IsRounding u η))
    (m : LinearSpec β inDim outDim) (x : Vec β inDim) (i : Fin outDim) :
    abs (M.value ((linearSpec m x).get₁ i) - (linearSpec (m.map M.value) (x.map M.value)).get₁ i) ≤
      ((linearSpec (m.map M.trace) (x.map M.trace)).get₁ i).bound u η :=
  error_le ((related_linearSpec (M.respects hc) (related_layer M m) (M.related_input x)).get₁ i)
    ((related_linearSpec isValue_respects (isValue_layer M m) (M.isValue_input x)).get₁ i)

/-- `linear_batched`: every output `y_bᵢ` is within the bound of its trace. -/
theorem linearBatchedSpec_error (hc : Constants u η) (M : RoundedArithmetic β (IsRounding u η))
    (m : LinearSpec β inDim outDim) (x : Mat β batch inDim) (b : Fin batch) (i : Fin outDim) :
    abs (M.value ((linearBatchedSpec m x).get₂ b i)
        - (linearBatchedSpec (m.map M.value) (x.map M.value)).get₂ b i) ≤
      ((linearBatchedSpec (m.map M.trace) (x.map M.trace)).get₂ b i).bound u η :=
  error_le ((related_linearBatchedSpec (M.respects hc) (related_layer M m) (M.related_input x)).get₂ b i)
    ((related_linearBatchedSpec isValue_respects (isValue_layer M m) (M.isValue_input x)).get₂ b i)

/-- `linear_weights_deriv`: every `dWᵢⱼ` is within the bound of its trace. -/
theorem linearWeightsDerivSpec_error (hc : Constants u η) (M : RoundedArithmetic β (IsRounding u η)) (x : Vec β inDim)
    (g : Vec β outDim) (i : Fin outDim) (j : Fin inDim) :
    abs (M.value ((linearWeightsDerivSpec x g).get₂ i j)
        - (linearWeightsDerivSpec (x.map M.value) (g.map M.value)).get₂ i j) ≤
      ((linearWeightsDerivSpec (x.map M.trace) (g.map M.trace)).get₂ i j).bound u η :=
  error_le ((related_linearWeightsDerivSpec (M.respects hc) (M.related_input x) (M.related_input g)).get₂ i j)
    ((related_linearWeightsDerivSpec isValue_respects (M.isValue_input x) (M.isValue_input g)).get₂ i j)

/-- `linear_bias_deriv`: nothing is computed, so the output gradient comes back as it is. -/
theorem linearBiasDerivSpec_error (M : RoundedArithmetic β (IsRounding u η)) (dW : Mat β outDim inDim)
    (g : Vec β outDim) (x : Vec β inDim) (i : Fin outDim) :
    abs (M.value ((linearBiasDerivSpec dW g x).get₁ i)
        - (linearBiasDerivSpec (dW.map M.value) (g.map M.value) (x.map M.value)).get₁ i) ≤
      ((linearBiasDerivSpec (dW.map M.trace) (g.map M.trace) (x.map M.trace)).get₁ i).bound u η :=
  error_le ((M.related_input g).get₁ i) ((M.isValue_input g).get₁ i)

/-- `linear_input_deriv`: every `dxⱼ` is within the bound of its trace. -/
theorem linearInputDerivSpec_error (hc : Constants u η) (M : RoundedArithmetic β (IsRounding u η))
    (w : Mat β outDim inDim) (g : Vec β outDim) (j : Fin inDim) :
    abs (M.value ((linearInputDerivSpec w g).get₁ j)
        - (linearInputDerivSpec (w.map M.value) (g.map M.value)).get₁ j) ≤
      ((linearInputDerivSpec (w.map M.trace) (g.map M.trace)).get₁ j).bound u η :=
  error_le ((related_linearInputDerivSpec (M.respects hc) (M.related_input w) (M.related_input g)).get₁ j)
    ((related_linearInputDerivSpec isValue_respects (M.isValue_input w) (M.isValue_input g)).get₁ j)

/-- `batch_linear_deriv`: every element of `dW`, `db` and `dx` is within the bound of its trace. -/
theorem batchLinearDerivSpec_error (hc : Constants u η) (M : RoundedArithmetic β (IsRounding u η))
    (w : Mat β outDim inDim) (x : Mat β (batch + 1) inDim) (g : Mat β (batch + 1) outDim) :
    let rounded := batchLinearDerivSpec w x g
    let exact := batchLinearDerivSpec (w.map M.value) (x.map M.value) (g.map M.value)
    let traced := batchLinearDerivSpec (w.map M.trace) (x.map M.trace) (g.map M.trace)
    (∀ i j, abs (M.value (rounded.1.get₂ i j) - exact.1.get₂ i j) ≤ (traced.1.get₂ i j).bound u η) ∧
      (∀ i, abs (M.value (rounded.2.1.get₁ i) - exact.2.1.get₁ i) ≤ (traced.2.1.get₁ i).bound u η) ∧
      (∀ b j, abs (M.value (rounded.2.2.get₂ b j) - exact.2.2.get₂ b j) ≤ (traced.2.2.get₂ b j).bound u η) :=
  have near := related_batchLinearDerivSpec (M.respects hc) (M.related_input w) (M.related_input x)
    (M.related_input g)
  have value := related_batchLinearDerivSpec isValue_respects (M.isValue_input w) (M.isValue_input x)
    (M.isValue_input g)
  ⟨fun i j => error_le (near.weights.get₂ i j) (value.weights.get₂ i j),
    fun i => error_le (near.bias.get₁ i) (value.bias.get₁ i),
    fun b j => error_le (near.input.get₂ b j) (value.input.get₂ b j)⟩

/-- `linear_backward`: every element of `dW`, `db` and `dx` is within the bound of its trace. -/
theorem linearBackwardSpec_error (hc : Constants u η) (M : RoundedArithmetic β (IsRounding u η))
    (m : LinearSpec β inDim outDim) (x : Vec β inDim) (g : Vec β outDim) :
    let rounded := linearBackwardSpec m x g
    let exact := linearBackwardSpec (m.map M.value) (x.map M.value) (g.map M.value)
    let traced := linearBackwardSpec (m.map M.trace) (x.map M.trace) (g.map M.trace)
    (∀ i j, abs (M.value (rounded.1.get₂ i j) - exact.1.get₂ i j) ≤ (traced.1.get₂ i j).bound u η) ∧
      (∀ i, abs (M.value (rounded.2.1.get₁ i) - exact.2.1.get₁ i) ≤ (traced.2.1.get₁ i).bound u η) ∧
      (∀ j, abs (M.value (rounded.2.2.get₁ j) - exact.2.2.get₁ j) ≤ (traced.2.2.get₁ j).bound u η) :=
  have near := related_linearBackwardSpec (M.respects hc) (related_layer M m) (M.related_input x) (M.related_input g)
  have value := related_linearBackwardSpec isValue_respects (isValue_layer M m) (M.isValue_input x)
    (M.isValue_input g)
  ⟨fun i j => error_le (near.weights.get₂ i j) (value.weights.get₂ i j),
    fun i => error_le (near.bias.get₁ i) (value.bias.get₁ i),
    fun j => error_le (near.input.get₁ j) (value.input.get₁ j)⟩

/-- `linear_gradient_accumulate`: every element is within the bound of its trace. -/
theorem linearGradientAccumulateSpec_error (hc : Constants u η) (M : RoundedArithmetic β (IsRounding u η))
    (a b : Mat β outDim inDim) (i : Fin outDim) (j : Fin inDim) :
    abs (M.value ((linearGradientAccumulateSpec a b).get₂ i j)
        - (linearGradientAccumulateSpec (a.map M.value) (b.map M.value)).get₂ i j) ≤
      ((linearGradientAccumulateSpec (a.map M.trace) (b.map M.trace)).get₂ i j).bound u η :=
  error_le
    ((related_linearGradientAccumulateSpec (M.respects hc) (M.related_input a) (M.related_input b)).get₂ i j)
    ((related_linearGradientAccumulateSpec isValue_respects (M.isValue_input a) (M.isValue_input b)).get₂ i j)

/-- `linear_gradient_scale`: every element is within the bound of its trace. -/
theorem linearGradientScaleSpec_error (hc : Constants u η) (M : RoundedArithmetic β (IsRounding u η))
    (a : Mat β outDim inDim) (c : β) (i : Fin outDim) (j : Fin inDim) :
    abs (M.value ((linearGradientScaleSpec a c).get₂ i j)
        - (linearGradientScaleSpec (a.map M.value) (M.value c)).get₂ i j) ≤
      ((linearGradientScaleSpec (a.map M.trace) (M.trace c)).get₂ i j).bound u η :=
  error_le ((related_linearGradientScaleSpec (M.respects hc) (M.related_input a) (M.near_trace c)).get₂ i j)
    ((related_linearGradientScaleSpec isValue_respects (M.isValue_input a) rfl).get₂ i j)

end Conform.Soundness
