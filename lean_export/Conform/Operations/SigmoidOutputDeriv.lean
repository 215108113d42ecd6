import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `sigmoid_output_deriv`
-/

namespace Conform.Operations

def sigmoidOutputDeriv : Operation where
  name := "sigmoid_output_deriv"
  layer := "activation"
  definition := "Activation.sigmoidOutputDerivSpec"
  upstream := "b2a2184"
  summary := "The derivative of the sigmoid from its output o, o · (1 − o)."
  parameters := [⟨"sigmoid_output", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "sigmoid_output" }]
  families := Families.forFunctions
  run := fun sizes args =>
    match args with
    | [output] => [elements (Activation.sigmoidOutputDerivSpec (matrixOf (sizes.get "rows") (sizes.get "columns") output))]
    | _ => []

register sigmoidOutputDeriv

end Conform.Operations
