import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `leaky_relu`
-/

namespace Conform.Operations

def leakyRelu : Operation where
  name := "leaky_relu"
  layer := "activation"
  definition := "Activation.leakyReluSpec"
  upstream := "b2a2184"
  deviates := some ("Upstream's tensor form exchanges the input and the parameter; "
    ++ "this is the function that its scalar form is, of every element.")
  summary := "The leaky rectified linear unit: x for positive numbers, slope · x for others."
  parameters := [⟨"input", ["rows", "columns"]⟩, ⟨"slope", []⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ left := some "input", right := some "slope" }]
  families := Families.forFunctions
  run := fun sizes args =>
    match args with
    | [input, slope] => [elements (Activation.leakyReluSpec (matrixOf (sizes.get "rows") (sizes.get "columns") input) (scalarOf slope))]
    | _ => []

register leakyRelu

end Conform.Operations
