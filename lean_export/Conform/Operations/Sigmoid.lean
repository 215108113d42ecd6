import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `sigmoid`
-/

namespace Conform.Operations

def sigmoid : Operation where
  name := "sigmoid"
  layer := "activation"
  definition := "Activation.sigmoidSpec"
  upstream := "b2a2184"
  summary := "The sigmoid, 1 / (1 + exp −x)."
  parameters := [⟨"input", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input" }]
  families := Families.forFunctions
  beyond := true
  run := fun sizes args =>
    match args with
    | [input] => [elements (Activation.sigmoidSpec (matrixOf (sizes.get "rows") (sizes.get "columns") input))]
    | _ => []

register sigmoid

end Conform.Operations
