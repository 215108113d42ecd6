import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `relu_deriv`
-/

namespace Conform.Operations

def reluDeriv : Operation where
  name := "relu_deriv"
  layer := "activation"
  definition := "Activation.reluDerivSpec"
  upstream := "b2a2184"
  summary := "The derivative of the rectified linear unit: 1 for positive numbers, 0 for others."
  parameters := [⟨"input", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input" }]
  families := Families.forFunctions
  run := fun sizes args =>
    match args with
    | [input] => [elements (Activation.reluDerivSpec (matrixOf (sizes.get "rows") (sizes.get "columns") input))]
    | _ => []

register reluDeriv

end Conform.Operations
