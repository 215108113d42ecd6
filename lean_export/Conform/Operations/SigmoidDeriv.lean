import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `sigmoid_deriv`
-/

namespace Conform.Operations

def sigmoidDeriv : Operation where
  name := "sigmoid_deriv"
  layer := "activation"
  definition := "Activation.sigmoidDerivSpec"
  upstream := "b2a2184"
  summary := "The derivative of the sigmoid s, s · (1 − s), from the input."
  parameters := [⟨"input", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input" }]
  families := Families.forFunctions
  beyond := true
  run := fun sizes args =>
    match args with
    | [input] => [elements (Activation.sigmoidDerivSpec (matrixOf (sizes.get "rows") (sizes.get "columns") input))]
    | _ => []

register sigmoidDeriv

end Conform.Operations
