import Conform.Operation
import NN.Spec.Layers.Linear

/-!
# The operation `linear_gradient_accumulate`
-/

namespace Conform.Operations

def linearGradientAccumulate : Operation where
  name := "linear_gradient_accumulate"
  definition := "Spec.linearGradientAccumulateSpec"
  upstream := "fd2c196"
  summary := "The sum of two weight gradients."
  parameters := [⟨"grad1", ["outDim", "inDim"]⟩, ⟨"grad2", ["outDim", "inDim"]⟩]
  results := [⟨"grad", ["outDim", "inDim"]⟩]
  sums := [{ result := "grad", addends := ["grad1", "grad2"] }]
  families := Families.forSums ++ Families.forMatrices
  run := fun sizes args =>
    let m := sizes.get "outDim"
    let n := sizes.get "inDim"
    match args with
    | [grad1, grad2] => [elements (Spec.linearGradientAccumulateSpec (matrixOf m n grad1) (matrixOf m n grad2))]
    | _ => []

register linearGradientAccumulate

end Conform.Operations
