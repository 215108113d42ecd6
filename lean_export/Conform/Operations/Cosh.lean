import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `cosh`
-/

namespace Conform.Operations

def cosh : Operation where
  name := "cosh"
  layer := "activation"
  definition := "Activation.Math.coshSpec"
  upstream := "b2a2184"
  summary := "The hyperbolic cosine."
  parameters := [⟨"input", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input" }]
  families := Families.forFunctions
  beyond := true
  run := fun _ args =>
    match args with
    | [input] => [input.toList.map Activation.Math.coshSpec]
    | _ => []

register cosh

end Conform.Operations
