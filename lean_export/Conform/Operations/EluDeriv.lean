import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `elu_deriv`
-/

namespace Conform.Operations

def eluDeriv : Operation where
  name := "elu_deriv"
  layer := "activation"
  definition := "Activation.eluDerivSpec"
  upstream := "b2a2184"
  deviates := some ("Upstream's tensor form exchanges the input and the parameter; "
    ++ "this is the function that its scalar form is, of every element.")
  summary := "Its derivative: 1 for positive numbers, alpha · exp x for others."
  parameters := [⟨"input", ["rows", "columns"]⟩, ⟨"alpha", []⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input", right := some "alpha" }]
  families := Families.forFunctions
  beyond := true
  run := fun sizes args =>
    match args with
    | [input, alpha] => [elements (Activation.eluDerivSpec (matrixOf (sizes.get "rows") (sizes.get "columns") input) (scalarOf alpha))]
    | _ => []

register eluDeriv

end Conform.Operations
