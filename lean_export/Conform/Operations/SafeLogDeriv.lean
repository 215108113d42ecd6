import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `safe_log_deriv`
-/

namespace Conform.Operations

def safeLogDeriv : Operation where
  name := "safe_log_deriv"
  layer := "activation"
  definition := "Activation.safeLogDerivSpec"
  upstream := "b2a2184"
  summary := "Its derivative, sigmoid x / (softplus x + epsilon)."
  parameters := [⟨"input", ["rows", "columns"]⟩, ⟨"epsilon", []⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input", addends := ["epsilon"] }]
  families := Families.forFunctions
  beyond := true
  run := fun sizes args =>
    match args with
    | [input, epsilon] => [elements (Activation.safeLogDerivSpec (matrixOf (sizes.get "rows") (sizes.get "columns") input) (scalarOf epsilon))]
    | _ => []

register safeLogDeriv

end Conform.Operations
