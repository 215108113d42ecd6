import Conform.Operation
import NN.Spec.Layers.Linear

/-!
# The operation `linear_bias_deriv`
-/

namespace Conform.Operations

def linearBiasDeriv : Operation where
  name := "linear_bias_deriv"
  definition := "Spec.linearBiasDerivSpec"
  upstream := "fd2c196"
  summary := "Gradient with respect to the bias: grad_output itself."
  parameters :=
    [⟨"grad_weights", ["outDim", "inDim"]⟩, ⟨"grad_output", ["outDim"]⟩, ⟨"input", ["inDim"]⟩]
  results := [⟨"db", ["outDim"]⟩]
  sums := [{ result := "db", addends := ["grad_output"] }]
  families := Families.forCopies ++ Families.forMatrices
  run := fun sizes args =>
    let m := sizes.get "outDim"
    let n := sizes.get "inDim"
    match args with
    | [gradWeights, gradOutput, input] =>
      [elements (Spec.linearBiasDerivSpec (matrixOf m n gradWeights) (vectorOf m gradOutput) (vectorOf n input))]
    | _ => []

register linearBiasDeriv

end Conform.Operations
