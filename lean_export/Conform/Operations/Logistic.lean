import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `logistic`
-/

namespace Conform.Operations

def logistic : Operation where
  name := "logistic"
  layer := "activation"
  definition := "Activation.Math.logisticSpec"
  upstream := "b2a2184"
  summary := "The logistic function, exp x / (exp x + 1)."
  parameters := [⟨"input", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input" }]
  families := Families.forFunctions
  beyond := true
  run := fun _ args =>
    match args with
    | [input] => [input.toList.map Activation.Math.logisticSpec]
    | _ => []

register logistic

end Conform.Operations
