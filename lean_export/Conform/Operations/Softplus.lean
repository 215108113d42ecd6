import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `softplus`
-/

namespace Conform.Operations

def softplus : Operation where
  name := "softplus"
  layer := "activation"
  definition := "Activation.softplusSpec"
  upstream := "b2a2184"
  summary := "Softplus, log(1 + exp x)."
  parameters := [⟨"input", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input" }]
  families := Families.forFunctions
  beyond := true
  run := fun sizes args =>
    match args with
    | [input] => [elements (Activation.softplusSpec (matrixOf (sizes.get "rows") (sizes.get "columns") input))]
    | _ => []

register softplus

end Conform.Operations
