import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `tanh_deriv`
-/

namespace Conform.Operations

def tanhDeriv : Operation where
  name := "tanh_deriv"
  layer := "activation"
  definition := "Activation.tanhDerivSpec"
  upstream := "b2a2184"
  summary := "The derivative of the hyperbolic tangent, 1 − tanh² x."
  parameters := [⟨"input", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input" }]
  families := Families.forFunctions
  beyond := true
  run := fun sizes args =>
    match args with
    | [input] => [elements (Activation.tanhDerivSpec (matrixOf (sizes.get "rows") (sizes.get "columns") input))]
    | _ => []

register tanhDeriv

end Conform.Operations
