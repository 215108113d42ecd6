import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `cosh_deriv`
-/

namespace Conform.Operations

def coshDeriv : Operation where
  name := "cosh_deriv"
  layer := "activation"
  definition := "Activation.Math.coshDerivSpec"
  upstream := "b2a2184"
  summary := "Its derivative, the hyperbolic sine."
  parameters := [⟨"input", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input" }]
  families := Families.forFunctions
  beyond := true
  run := fun _ args =>
    match args with
    | [input] => [input.toList.map Activation.Math.coshDerivSpec]
    | _ => []

register coshDeriv

end Conform.Operations
