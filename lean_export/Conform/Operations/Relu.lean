import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `relu`
-/

namespace Conform.Operations

def relu : Operation where
  name := "relu"
  layer := "activation"
  definition := "Activation.reluSpec"
  upstream := "b2a2184"
  summary := "The rectified linear unit, max(x, 0)."
  parameters := [⟨"input", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input" }]
  families := Families.forFunctions
  run := fun sizes args =>
    match args with
    | [input] => [elements (Activation.reluSpec (matrixOf (sizes.get "rows") (sizes.get "columns") input))]
    | _ => []

register relu

end Conform.Operations
