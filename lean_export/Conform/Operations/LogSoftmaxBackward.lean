import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `log_softmax_backward`
-/

namespace Conform.Operations

def logSoftmaxBackward : Operation where
  name := "log_softmax_backward"
  layer := "activation"
  definition := "Activation.logSoftmaxBackwardSpec"
  upstream := "b2a2184"
  summary := "The gradient of log-softmax with respect to its input, from its output and the gradient of that."
  parameters := [⟨"output", ["rows", "columns"]⟩, ⟨"grad_output", ["rows", "columns"]⟩]
  results := [⟨"grad_input", ["rows", "columns"]⟩]
  targets := [{ axes := ["columns"], left := some "output", right := some "grad_output" }]
  families := Families.forRows
  beyond := true
  run := fun {α} _ sizes args =>
    let read (xs : Array α) := matrixOf (sizes.get "rows") (sizes.get "columns") xs
    match args with
    | [output, gradOutput] => [elements (Activation.logSoftmaxBackwardSpec (read output) (read gradOutput))]
    | _ => []

register logSoftmaxBackward

end Conform.Operations
