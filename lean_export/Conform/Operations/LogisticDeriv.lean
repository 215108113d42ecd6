import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `logistic_deriv`
-/

namespace Conform.Operations

def logisticDeriv : Operation where
  name := "logistic_deriv"
  layer := "activation"
  definition := "Activation.Math.logisticDerivSpec"
  upstream := "b2a2184"
  summary := "The derivative of the logistic function l, l · (1 − l)."
  parameters := [⟨"input", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input" }]
  families := Families.forFunctions
  beyond := true
  run := fun _ args =>
    match args with
    | [input] => [input.toList.map Activation.Math.logisticDerivSpec]
    | _ => []

register logisticDeriv

end Conform.Operations
