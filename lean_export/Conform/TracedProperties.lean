import Conform.Traced
import NN.Spec.Layers.LinearNaturality

/-!
# The traced reading carries the exact reading

Taking the value of a traced scalar keeps `+`, `*` and `0`. So the value component of a traced run of any definition
of the spec is the exact run of it, special values included.

Main results: `Conform.Traced.value_isHomomorphism`, `Conform.Traced.value_linearSpec` and one such theorem for each
operation.
-/

namespace Conform.Traced

open Spec

variable {batch inDim outDim : Nat}

/-- Reading the value keeps the arithmetic. -/
theorem value_isHomomorphism : IsHomomorphism Traced.value where
  zero := rfl
  add _ _ := rfl
  mul _ _ := rfl

/-- `linear`: the value of the traced run is the exact run. -/
theorem value_linearSpec (m : LinearSpec Traced inDim outDim) (x : Vec Traced inDim) :
    (linearSpec m x).map value = linearSpec (m.map value) (x.map value) :=
  map_linearSpec value_isHomomorphism m x

/-- `linear_batched`: the value of the traced run is the exact run. -/
theorem value_linearBatchedSpec (m : LinearSpec Traced inDim outDim) (x : Mat Traced batch inDim) :
    (linearBatchedSpec m x).map value = linearBatchedSpec (m.map value) (x.map value) :=
  map_linearBatchedSpec value_isHomomorphism m x

/-- `linear_weights_deriv`: the value of the traced run is the exact run. -/
theorem value_linearWeightsDerivSpec (x : Vec Traced inDim) (g : Vec Traced outDim) :
    (linearWeightsDerivSpec x g).map value = linearWeightsDerivSpec (x.map value) (g.map value) :=
  map_linearWeightsDerivSpec value_isHomomorphism x g

/-- `linear_bias_deriv`: the value of the traced run is the exact run. -/
theorem value_linearBiasDerivSpec (w : Mat Traced outDim inDim) (g : Vec Traced outDim) (x : Vec Traced inDim) :
    (linearBiasDerivSpec w g x).map value = linearBiasDerivSpec (w.map value) (g.map value) (x.map value) :=
  map_linearBiasDerivSpec w g x

/-- `linear_input_deriv`: the value of the traced run is the exact run. -/
theorem value_linearInputDerivSpec (w : Mat Traced outDim inDim) (g : Vec Traced outDim) :
    (linearInputDerivSpec w g).map value = linearInputDerivSpec (w.map value) (g.map value) :=
  map_linearInputDerivSpec value_isHomomorphism w g

/-- `batch_linear_deriv`: the value of the traced run is the exact run. -/
theorem value_batchLinearDerivSpec (w : Mat Traced outDim inDim) (x : Mat Traced (batch + 1) inDim)
    (g : Mat Traced (batch + 1) outDim) :
    mapGradients value (batchLinearDerivSpec w x g) =
      batchLinearDerivSpec (w.map value) (x.map value) (g.map value) :=
  map_batchLinearDerivSpec value_isHomomorphism w x g

/-- `linear_backward`: the value of the traced run is the exact run. -/
theorem value_linearBackwardSpec (m : LinearSpec Traced inDim outDim) (x : Vec Traced inDim)
    (g : Vec Traced outDim) :
    mapGradients value (linearBackwardSpec m x g) = linearBackwardSpec (m.map value) (x.map value) (g.map value) :=
  map_linearBackwardSpec value_isHomomorphism m x g

/-- `linear_gradient_accumulate`: the value of the traced run is the exact run. -/
theorem value_linearGradientAccumulateSpec (a b : Mat Traced outDim inDim) :
    (linearGradientAccumulateSpec a b).map value = linearGradientAccumulateSpec (a.map value) (b.map value) :=
  map_linearGradientAccumulateSpec value_isHomomorphism a b

/-- `linear_gradient_scale`: the value of the traced run is the exact run. -/
theorem value_linearGradientScaleSpec (a : Mat Traced outDim inDim) (c : Traced) :
    (linearGradientScaleSpec a c).map value = linearGradientScaleSpec (a.map value) c.value :=
  map_linearGradientScaleSpec value_isHomomorphism a c

end Conform.Traced
