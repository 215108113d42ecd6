import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `softmax_backward`
-/

namespace Conform.Operations

def softmaxBackward : Operation where
  name := "softmax_backward"
  layer := "activation"
  definition := "Activation.softmaxBackwardSpec"
  upstream := "b2a2184"
  summary := "The gradient of softmax with respect to its input, from the input and the gradient of the output."
  parameters := [⟨"input", ["rows", "columns"]⟩, ⟨"grad_output", ["rows", "columns"]⟩]
  results := [⟨"grad_input", ["rows", "columns"]⟩]
  targets := [{ axes := ["columns"], left := some "input", right := some "grad_output" }]
  families := Families.forRows
  beyond := true
  run := fun {α} _ sizes args =>
    let read (xs : Array α) := matrixOf (sizes.get "rows") (sizes.get "columns") xs
    match args with
    | [input, gradOutput] => [elements (Activation.softmaxBackwardSpec (read input) (read gradOutput))]
    | _ => []

register softmaxBackward

end Conform.Operations
