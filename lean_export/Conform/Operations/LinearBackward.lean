import Conform.Operation
import NN.Spec.Layers.Linear

/-!
# The operation `linear_backward`
-/

namespace Conform.Operations

def linearBackward : Operation where
  name := "linear_backward"
  definition := "Spec.linearBackwardSpec"
  upstream := "fd2c196"
  summary := "The three gradients of one example."
  parameters :=
    [⟨"weights", ["outDim", "inDim"]⟩, ⟨"bias", ["outDim"]⟩, ⟨"input", ["inDim"]⟩,
      ⟨"grad_output", ["outDim"]⟩]
  results := [⟨"dW", ["outDim", "inDim"]⟩, ⟨"db", ["outDim"]⟩, ⟨"dx", ["inDim"]⟩]
  sums :=
    [{ result := "dx", axes := ["outDim"], left := some "weights", right := some "grad_output" },
      { result := "dW", left := some "grad_output", right := some "input" },
      { result := "db", addends := ["grad_output"] }]
  families := Families.forSums ++ Families.forMatrices
  run := fun sizes args =>
    let m := sizes.get "outDim"
    let n := sizes.get "inDim"
    match args with
    | [weights, bias, input, gradOutput] =>
      let (dW, db, dx) :=
        Spec.linearBackwardSpec ⟨matrixOf m n weights, vectorOf m bias⟩ (vectorOf n input) (vectorOf m gradOutput)
      [elements dW, elements db, elements dx]
    | _ => []

register linearBackward

end Conform.Operations
