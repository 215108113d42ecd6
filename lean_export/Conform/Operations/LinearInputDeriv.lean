import Conform.Operation
import NN.Spec.Layers.Linear

/-!
# The operation `linear_input_deriv`
-/

namespace Conform.Operations

def linearInputDeriv : Operation where
  name := "linear_input_deriv"
  definition := "Spec.linearInputDerivSpec"
  upstream := "fd2c196"
  summary := "Gradient with respect to the input: the transposed weights times grad_output."
  parameters := [⟨"weights", ["outDim", "inDim"]⟩, ⟨"grad_output", ["outDim"]⟩]
  results := [⟨"dx", ["inDim"]⟩]
  sums := [{ result := "dx", axes := ["outDim"], left := some "weights", right := some "grad_output" }]
  families := Families.forSums ++ Families.forMatrices
  run := fun sizes args =>
    let m := sizes.get "outDim"
    let n := sizes.get "inDim"
    match args with
    | [weights, gradOutput] =>
      [elements (Spec.linearInputDerivSpec (matrixOf m n weights) (vectorOf m gradOutput))]
    | _ => []

register linearInputDeriv

end Conform.Operations
