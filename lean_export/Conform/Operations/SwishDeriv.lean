import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `swish_deriv`
-/

namespace Conform.Operations

def swishDeriv : Operation where
  name := "swish_deriv"
  layer := "activation"
  definition := "Activation.swishDerivSpec"
  upstream := "b2a2184"
  summary := "The derivative of swish, s + x · s · (1 − s) for the sigmoid s."
  parameters := [⟨"input", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input" }]
  families := Families.forFunctions
  beyond := true
  run := fun sizes args =>
    match args with
    | [input] => [elements (Activation.swishDerivSpec (matrixOf (sizes.get "rows") (sizes.get "columns") input))]
    | _ => []

register swishDeriv

end Conform.Operations
