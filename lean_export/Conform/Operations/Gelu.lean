import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `gelu`
-/

namespace Conform.Operations

def gelu : Operation where
  name := "gelu"
  layer := "activation"
  definition := "Activation.geluSpec"
  upstream := "b2a2184"
  summary := "The Gaussian error linear unit in its form with the hyperbolic tangent."
  parameters := [⟨"input", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input" }]
  families := Families.forFunctions
  beyond := true
  run := fun sizes args =>
    match args with
    | [input] => [elements (Activation.geluSpec (matrixOf (sizes.get "rows") (sizes.get "columns") input))]
    | _ => []

register gelu

end Conform.Operations
