import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `smooth_abs`
-/

namespace Conform.Operations

def smoothAbs : Operation where
  name := "smooth_abs"
  layer := "activation"
  definition := "Activation.smoothAbsSpec"
  upstream := "b2a2184"
  summary := "A smooth absolute value, √(x² + epsilon)."
  parameters := [⟨"input", ["rows", "columns"]⟩, ⟨"epsilon", []⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input", addends := ["epsilon"] }]
  families := Families.forFunctions
  beyond := true
  run := fun sizes args =>
    match args with
    | [input, epsilon] => [elements (Activation.smoothAbsSpec (matrixOf (sizes.get "rows") (sizes.get "columns") input) (scalarOf epsilon))]
    | _ => []

register smoothAbs

end Conform.Operations
