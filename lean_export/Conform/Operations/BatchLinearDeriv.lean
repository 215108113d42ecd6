import Conform.Operation
import NN.Spec.Layers.Linear

/-!
# The operation `batch_linear_deriv`
-/

namespace Conform.Operations

def batchLinearDeriv : Operation where
  name := "batch_linear_deriv"
  definition := "Spec.batchLinearDerivSpec"
  summary := "The three gradients of a batch of batch+1 examples, summed over the batch where parameters are shared."
  parameters :=
    [⟨"weights", ["outDim", "inDim"]⟩, ⟨"input", [⟨"batch", 1⟩, "inDim"]⟩,
      ⟨"grad_output", [⟨"batch", 1⟩, "outDim"]⟩]
  results :=
    [⟨"dW", ["outDim", "inDim"]⟩, ⟨"db", ["outDim"]⟩, ⟨"dx", [⟨"batch", 1⟩, "inDim"]⟩]
  sums :=
    [{ axis := some ⟨"batch", 1⟩, left := some "grad_output", right := some "input" },
      { axis := some "outDim", left := some "weights", right := some "grad_output" },
      { axis := some ⟨"batch", 1⟩, addends := ["grad_output"] }]
  families := Families.forSums
  run := fun sizes args =>
    let b := sizes.get "batch"
    let m := sizes.get "outDim"
    let n := sizes.get "inDim"
    match args with
    | [weights, input, gradOutput] =>
      let (dW, db, dx) :=
        Spec.batchLinearDerivSpec (matrixOf m n weights) (matrixOf (b + 1) n input) (matrixOf (b + 1) m gradOutput)
      [dW.toList, db.toList, dx.toList]
    | _ => []

end Conform.Operations
