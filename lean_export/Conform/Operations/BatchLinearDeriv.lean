import Conform.Operation
import NN.Spec.Layers.Linear

/-!
# The operation `batch_linear_deriv`
-/

namespace Conform.Operations

def batchLinearDeriv : Operation where
  name := "batch_linear_deriv"
  definition := "Spec.batchLinearDerivSpec"
  upstream := "fd2c196"
  summary := "The three gradients of a batch of batch+1 examples, summed over the batch where parameters are shared."
  parameters :=
    [⟨"weights", ["outDim", "inDim"]⟩, ⟨"input", [("batch" : Dim) + 1, "inDim"]⟩,
      ⟨"grad_output", [("batch" : Dim) + 1, "outDim"]⟩]
  results :=
    [⟨"dW", ["outDim", "inDim"]⟩, ⟨"db", ["outDim"]⟩, ⟨"dx", [("batch" : Dim) + 1, "inDim"]⟩]
  sums :=
    [{ result := "dW", axes := [("batch" : Dim) + 1], left := some "grad_output", right := some "input" },
      { result := "dx", axes := ["outDim"], left := some "weights", right := some "grad_output" },
      { result := "db", axes := [("batch" : Dim) + 1], addends := ["grad_output"] }]
  families := Families.forSums ++ Families.forMatrices
  run := fun sizes args =>
    let b := sizes.get "batch"
    let m := sizes.get "outDim"
    let n := sizes.get "inDim"
    match args with
    | [weights, input, gradOutput] =>
      let (dW, db, dx) :=
        Spec.batchLinearDerivSpec (matrixOf m n weights) (matrixOf (b + 1) n input) (matrixOf (b + 1) m gradOutput)
      [elements dW, elements db, elements dx]
    | _ => []

register batchLinearDeriv

end Conform.Operations
