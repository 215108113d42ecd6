import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `gelu_deriv`
-/

namespace Conform.Operations

def geluDeriv : Operation where
  name := "gelu_deriv"
  layer := "activation"
  definition := "Activation.geluDerivSpec"
  upstream := "b2a2184"
  summary := "The derivative of the Gaussian error linear unit in its form with the hyperbolic tangent."
  parameters := [⟨"input", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input" }]
  families := Families.forFunctions
  beyond := true
  run := fun sizes args =>
    match args with
    | [input] => [elements (Activation.geluDerivSpec (matrixOf (sizes.get "rows") (sizes.get "columns") input))]
    | _ => []

register geluDeriv

end Conform.Operations
