import Conform.Citation
import Conform.Soundness

/-!
# The theorems that reports cite

What is said of an operation stands here and not in its own file, so that the exporter builds on another text of the
spec without our proofs about it. An operation that has no line here has no theorem yet, and reports say so.

Main definition: `Conform.citations`.
-/

namespace Conform

/-- The theorem behind each rule for a result that is a sum of products of inputs: on its exactness, on its bound,
and those that hold of every such sum. -/
def citeSum (operation result : String) (exact bound : List Lean.Name) : List Citation :=
  let cite (rule : VerdictRule) (names : List Lean.Name) : List Citation := names.map (⟨operation, result, rule, ·⟩)
  cite .exact exact ++ cite .bound bound ++ cite .rounding [``Soundness.Approximates.output] ++
    cite .special [``Soundness.Tree.kind_eq] ++ cite .overflow [``Soundness.Tree.partial_le]

/-- The theorem behind each rule for a result with functions in it. Where nothing was computed, a result is exact. What
overflows and which special value comes out is tested, and no theorem says it. -/
def citeFunction (operation result : String) (bound : List Lean.Name)
    (exact : List Lean.Name := [``Soundness.IsWithin.eq_of_isExact]) : List Citation :=
  let cite (rule : VerdictRule) (names : List Lean.Name) : List Citation := names.map (⟨operation, result, rule, ·⟩)
  cite .exact exact ++ cite .bound bound ++ cite .rounding [``Soundness.IsWithin.output]

/-- The theorem behind each rule and result, by operation. Where a result has an order of summation, it is the theorem
about every order. -/
def citations : List Citation :=
  citeSum "linear" "output" [``Soundness.linearSpec_exact_anyOrder] [``Soundness.linearSpec_anyOrder] ++
  citeSum "linear_batched" "output" [``Soundness.linearBatchedSpec_exact_anyOrder]
    [``Soundness.linearBatchedSpec_anyOrder] ++
  [⟨"linear", "output", .separate, ``Soundness.linearSpec_separate⟩,
    ⟨"linear_batched", "output", .separate, ``Soundness.linearBatchedSpec_separate⟩] ++
  citeSum "linear_weights_deriv" "dW" [``Soundness.linearWeightsDerivSpec_exact]
    [``Soundness.linearWeightsDerivSpec_error] ++
  citeSum "linear_bias_deriv" "db" [``Soundness.linearBiasDerivSpec_exact] [``Soundness.linearBiasDerivSpec_error] ++
  citeSum "linear_input_deriv" "dx" [``Soundness.linearInputDerivSpec_exact_anyOrder]
    [``Soundness.linearInputDerivSpec_anyOrder] ++
  citeSum "batch_linear_deriv" "dW" [``Soundness.batchLinearDerivSpec_weights_exact_anyOrder]
    [``Soundness.batchLinearDerivSpec_weights_anyOrder] ++
  citeSum "batch_linear_deriv" "db" [``Soundness.batchLinearDerivSpec_bias_exact_anyOrder]
    [``Soundness.batchLinearDerivSpec_bias_anyOrder] ++
  citeSum "batch_linear_deriv" "dx" [``Soundness.batchLinearDerivSpec_input_exact_anyOrder]
    [``Soundness.batchLinearDerivSpec_input_anyOrder] ++
  citeSum "linear_backward" "dW" [``Soundness.linearBackwardSpec_exact] [``Soundness.linearBackwardSpec_error] ++
  citeSum "linear_backward" "db" [``Soundness.linearBackwardSpec_exact] [``Soundness.linearBackwardSpec_error] ++
  -- The third part is the input derivative.
  citeSum "linear_backward" "dx" [``Soundness.linearInputDerivSpec_exact_anyOrder, ``Spec.linearBackwardSpec_eq]
    [``Soundness.linearInputDerivSpec_anyOrder, ``Spec.linearBackwardSpec_eq] ++
  citeSum "linear_gradient_accumulate" "grad" [``Soundness.linearGradientAccumulateSpec_exact]
    [``Soundness.linearGradientAccumulateSpec_error] ++
  citeSum "linear_gradient_scale" "grad" [``Soundness.linearGradientScaleSpec_exact]
    [``Soundness.linearGradientScaleSpec_error] ++
  citeFunction "relu" "output" [``Soundness.reluSpec_error, ``Soundness.exporter_map] [``Soundness.reluSpec_exact] ++
  citeFunction "relu_deriv" "output"
    [``Soundness.reluDerivSpec_error, ``Soundness.exporter_map] [``Soundness.reluDerivSpec_exact] ++
  citeFunction "leaky_relu" "output" [``Soundness.leakyReluSpec_error, ``Soundness.exporter_mapWith] ++
  citeFunction "leaky_relu_deriv" "output"
    [``Soundness.leakyReluDerivSpec_error, ``Soundness.exporter_mapWith] [``Soundness.leakyReluDerivSpec_exact] ++
  citeFunction "elu" "output" [``Soundness.eluSpec_error, ``Soundness.exporter_mapWith] ++
  citeFunction "elu_deriv" "output" [``Soundness.eluDerivSpec_error, ``Soundness.exporter_mapWith] ++
  citeFunction "sigmoid" "output" [``Soundness.sigmoidSpec_error, ``Soundness.exporter_map] ++
  citeFunction "sigmoid_deriv" "output" [``Soundness.sigmoidDerivSpec_error, ``Soundness.exporter_map] ++
  citeFunction "sigmoid_output_deriv" "output" [``Soundness.sigmoidOutputDerivSpec_error, ``Soundness.exporter_map] ++
  citeFunction "tanh" "output" [``Soundness.tanhSpec_error, ``Soundness.exporter_map] ++
  citeFunction "tanh_deriv" "output" [``Soundness.tanhDerivSpec_error, ``Soundness.exporter_map] ++
  citeFunction "gelu" "output" [``Soundness.geluSpec_error, ``Soundness.exporter_map] ++
  citeFunction "gelu_deriv" "output" [``Soundness.geluDerivSpec_error, ``Soundness.exporter_map] ++
  citeFunction "swish" "output" [``Soundness.swishSpec_error, ``Soundness.exporter_map] ++
  citeFunction "swish_deriv" "output" [``Soundness.swishDerivSpec_error, ``Soundness.exporter_map] ++
  citeFunction "softplus" "output" [``Soundness.softplusSpec_error, ``Soundness.exporter_map] ++
  citeFunction "softplus_deriv" "output" [``Soundness.softplusDerivSpec_error, ``Soundness.exporter_map] ++
  citeFunction "safe_log" "output" [``Soundness.safeLogSpec_error, ``Soundness.exporter_mapWith] ++
  citeFunction "safe_log_deriv" "output" [``Soundness.safeLogDerivSpec_error, ``Soundness.exporter_mapWith] ++
  citeFunction "smooth_abs" "output" [``Soundness.smoothAbsSpec_error, ``Soundness.exporter_mapWith] ++
  citeFunction "smooth_abs_deriv" "output" [``Soundness.smoothAbsDerivSpec_error, ``Soundness.exporter_mapWith] ++
  citeFunction "sinh" "output" [``Soundness.sinhSpec_error, ``Soundness.exporter_map] ++
  citeFunction "sinh_deriv" "output" [``Soundness.sinhDerivSpec_error, ``Soundness.exporter_map] ++
  citeFunction "cosh" "output" [``Soundness.coshSpec_error, ``Soundness.exporter_map] ++
  citeFunction "cosh_deriv" "output" [``Soundness.coshDerivSpec_error, ``Soundness.exporter_map] ++
  citeFunction "logistic" "output" [``Soundness.logisticSpec_error, ``Soundness.exporter_map] ++
  citeFunction "logistic_deriv" "output" [``Soundness.logisticDerivSpec_error, ``Soundness.exporter_map] ++
  citeFunction "softmax" "output"
    [``Soundness.softmaxVecSpec_anyOrder, ``Soundness.softmaxSpec_error, ``Soundness.exporter_softmaxSpec] ++
  citeFunction "softmax_backward" "grad_input"
    [``Soundness.softmaxBackwardSpec_error, ``Soundness.exporter_softmaxBackwardSpec] ++
  citeFunction "log_softmax" "output"
    [``Soundness.logSoftmaxVecSpec_anyOrder, ``Soundness.logSoftmaxSpec_error, ``Soundness.exporter_logSoftmaxSpec] ++
  citeFunction "log_softmax_backward" "grad_input"
    [``Soundness.logSoftmaxBackwardSpec_error, ``Soundness.exporter_logSoftmaxBackwardSpec] ++
  citeFunction "log_softmax_jvp" "output_tangent"
    [``Soundness.logSoftmaxJvpSpec_error, ``Soundness.exporter_logSoftmaxJvpSpec]

end Conform
