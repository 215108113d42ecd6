import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `swish`
-/

namespace Conform.Operations

def swish : Operation where
  name := "swish"
  layer := "activation"
  definition := "Activation.swishSpec"
  upstream := "b2a2184"
  summary := "Swish, x times the sigmoid of x."
  parameters := [⟨"input", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input" }]
  families := Families.forFunctions
  beyond := true
  run := fun sizes args =>
    match args with
    | [input] => [elements (Activation.swishSpec (matrixOf (sizes.get "rows") (sizes.get "columns") input))]
    | _ => []

register swish

end Conform.Operations
