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
    [``Soundness.linearGradientScaleSpec_error]

end Conform
