import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `softplus_deriv`
-/

namespace Conform.Operations

def softplusDeriv : Operation where
  name := "softplus_deriv"
  layer := "activation"
  definition := "Activation.softplusDerivSpec"
  upstream := "b2a2184"
  summary := "The derivative of softplus, the sigmoid."
  parameters := [⟨"input", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input" }]
  families := Families.forFunctions
  beyond := true
  run := fun sizes args =>
    match args with
    | [input] => [elements (Activation.softplusDerivSpec (matrixOf (sizes.get "rows") (sizes.get "columns") input))]
    | _ => []

register softplusDeriv

end Conform.Operations
