import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `leaky_relu_deriv`
-/

namespace Conform.Operations

def leakyReluDeriv : Operation where
  name := "leaky_relu_deriv"
  layer := "activation"
  definition := "Activation.leakyReluDerivSpec"
  upstream := "b2a2184"
  deviates := some ("Upstream's tensor form exchanges the input and the parameter; "
    ++ "this is the function that its scalar form is, of every element.")
  summary := "Its derivative: 1 for positive numbers, the slope for others."
  parameters := [⟨"input", ["rows", "columns"]⟩, ⟨"slope", []⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input", right := some "slope" }]
  families := Families.forFunctions
  run := fun sizes args =>
    match args with
    | [input, slope] => [elements (Activation.leakyReluDerivSpec (matrixOf (sizes.get "rows") (sizes.get "columns") input) (scalarOf slope))]
    | _ => []

register leakyReluDeriv

end Conform.Operations
