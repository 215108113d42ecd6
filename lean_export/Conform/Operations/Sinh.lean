import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `sinh`
-/

namespace Conform.Operations

def sinh : Operation where
  name := "sinh"
  layer := "activation"
  definition := "Activation.Math.sinhSpec"
  upstream := "b2a2184"
  summary := "The hyperbolic sine."
  parameters := [⟨"input", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input" }]
  families := Families.forFunctions
  beyond := true
  run := fun _ args =>
    match args with
    | [input] => [input.toList.map Activation.Math.sinhSpec]
    | _ => []

register sinh

end Conform.Operations
