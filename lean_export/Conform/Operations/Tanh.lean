import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `tanh`
-/

namespace Conform.Operations

def tanh : Operation where
  name := "tanh"
  layer := "activation"
  definition := "Activation.tanhSpec"
  upstream := "b2a2184"
  summary := "The hyperbolic tangent."
  parameters := [⟨"input", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input" }]
  families := Families.forFunctions
  beyond := true
  run := fun sizes args =>
    match args with
    | [input] => [elements (Activation.tanhSpec (matrixOf (sizes.get "rows") (sizes.get "columns") input))]
    | _ => []

register tanh

end Conform.Operations
