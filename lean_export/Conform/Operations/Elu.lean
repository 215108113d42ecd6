import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `elu`
-/

namespace Conform.Operations

def elu : Operation where
  name := "elu"
  layer := "activation"
  definition := "Activation.eluSpec"
  upstream := "b2a2184"
  deviates := some ("Upstream's tensor form exchanges the input and the parameter; "
    ++ "this is the function that its scalar form is, of every element.")
  summary := "The exponential linear unit: x for positive numbers, alpha · (exp x − 1) for others."
  parameters := [⟨"input", ["rows", "columns"]⟩, ⟨"alpha", []⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input", right := some "alpha" }]
  families := Families.forFunctions
  beyond := true
  run := fun sizes args =>
    match args with
    | [input, alpha] => [elements (Activation.eluSpec (matrixOf (sizes.get "rows") (sizes.get "columns") input) (scalarOf alpha))]
    | _ => []

register elu

end Conform.Operations
