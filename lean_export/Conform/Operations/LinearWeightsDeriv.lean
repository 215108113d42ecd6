import Conform.Operation
import NN.Spec.Layers.Linear

/-!
# The operation `linear_weights_deriv`
-/

namespace Conform.Operations

def linearWeightsDeriv : Operation where
  name := "linear_weights_deriv"
  definition := "Spec.linearWeightsDerivSpec"
  upstream := "fd2c196"
  summary := "Gradient with respect to the weights: the outer product of grad_output and input."
  parameters := [⟨"input", ["inDim"]⟩, ⟨"grad_output", ["outDim"]⟩]
  results := [⟨"dW", ["outDim", "inDim"]⟩]
  sums := [{ result := "dW", left := some "grad_output", right := some "input" }]
  families := Families.forArithmetic ++ Families.forMatrices
  run := fun sizes args =>
    match args with
    | [input, gradOutput] =>
      [elements (Spec.linearWeightsDerivSpec (vectorOf (sizes.get "inDim") input)
        (vectorOf (sizes.get "outDim") gradOutput))]
    | _ => []

register linearWeightsDeriv

end Conform.Operations
