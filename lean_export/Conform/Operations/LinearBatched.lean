import Conform.Operation
import NN.Spec.Layers.Linear

/-!
# The operation `linear_batched`
-/

namespace Conform.Operations

def linearBatched : Operation where
  name := "linear_batched"
  definition := "Spec.linearBatchedSpec"
  upstream := "fd2c196"
  summary := "Forward pass of a batch: the layer applied to every row of the input."
  parameters :=
    [⟨"weights", ["outDim", "inDim"]⟩, ⟨"bias", ["outDim"]⟩, ⟨"input", ["batch", "inDim"]⟩]
  results := [⟨"output", ["batch", "outDim"]⟩]
  sums := [{ result := "output", axes := ["inDim"], left := some "weights", right := some "input", addends := ["bias"] }]
  families := Families.forSums ++ Families.forMatrices
  run := fun sizes args =>
    let b := sizes.get "batch"
    let m := sizes.get "outDim"
    let n := sizes.get "inDim"
    match args with
    | [weights, bias, input] =>
      [elements (Spec.linearBatchedSpec ⟨matrixOf m n weights, vectorOf m bias⟩ (matrixOf b n input))]
    | _ => []

register linearBatched

end Conform.Operations
