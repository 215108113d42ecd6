import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `sinh_deriv`
-/

namespace Conform.Operations

def sinhDeriv : Operation where
  name := "sinh_deriv"
  layer := "activation"
  definition := "Activation.Math.sinhDerivSpec"
  upstream := "b2a2184"
  summary := "Its derivative, the hyperbolic cosine."
  parameters := [⟨"input", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input" }]
  families := Families.forFunctions
  beyond := true
  run := fun _ args =>
    match args with
    | [input] => [input.toList.map Activation.Math.sinhDerivSpec]
    | _ => []

register sinhDeriv

end Conform.Operations
