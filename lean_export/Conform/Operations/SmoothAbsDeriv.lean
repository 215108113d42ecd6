import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `smooth_abs_deriv`
-/

namespace Conform.Operations

def smoothAbsDeriv : Operation where
  name := "smooth_abs_deriv"
  layer := "activation"
  definition := "Activation.smoothAbsDerivSpec"
  upstream := "b2a2184"
  summary := "Its derivative, x / √(x² + epsilon)."
  parameters := [⟨"input", ["rows", "columns"]⟩, ⟨"epsilon", []⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input", addends := ["epsilon"] }]
  families := Families.forFunctions
  beyond := true
  run := fun sizes args =>
    match args with
    | [input, epsilon] => [elements (Activation.smoothAbsDerivSpec (matrixOf (sizes.get "rows") (sizes.get "columns") input) (scalarOf epsilon))]
    | _ => []

register smoothAbsDeriv

end Conform.Operations
