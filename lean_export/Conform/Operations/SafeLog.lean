import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `safe_log`
-/

namespace Conform.Operations

def safeLog : Operation where
  name := "safe_log"
  layer := "activation"
  definition := "Activation.safeLogSpec"
  upstream := "b2a2184"
  summary := "A logarithm that is defined everywhere, log(softplus x + epsilon)."
  parameters := [⟨"input", ["rows", "columns"]⟩, ⟨"epsilon", []⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input", addends := ["epsilon"] }]
  families := Families.forFunctions
  beyond := true
  run := fun sizes args =>
    match args with
    | [input, epsilon] => [elements (Activation.safeLogSpec (matrixOf (sizes.get "rows") (sizes.get "columns") input) (scalarOf epsilon))]
    | _ => []

register safeLog

end Conform.Operations
