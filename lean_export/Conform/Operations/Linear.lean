import Conform.Operation
import NN.Spec.Layers.Linear

/-!
# The operation `linear`
-/

namespace Conform.Operations

def linear : Operation where
  name := "linear"
  definition := "Spec.linearSpec"
  upstream := "fd2c196"
  summary := "Forward pass of one example: weights times input, plus bias."
  parameters :=
    [⟨"weights", ["outDim", "inDim"]⟩, ⟨"bias", ["outDim"]⟩, ⟨"input", ["inDim"]⟩]
  results := [⟨"output", ["outDim"]⟩]
  sums := [{ result := "output", axes := ["inDim"], left := some "weights", right := some "input", addends := ["bias"] }]
  families := Families.forSums ++ Families.forMatrices
  run := fun sizes args =>
    let m := sizes.get "outDim"
    let n := sizes.get "inDim"
    match args with
    | [weights, bias, input] =>
      [elements (Spec.linearSpec ⟨matrixOf m n weights, vectorOf m bias⟩ (vectorOf n input))]
    | _ => []

register linear

end Conform.Operations
