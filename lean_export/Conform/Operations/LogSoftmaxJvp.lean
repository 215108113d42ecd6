import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `log_softmax_jvp`
-/

namespace Conform.Operations

def logSoftmaxJvp : Operation where
  name := "log_softmax_jvp"
  layer := "activation"
  definition := "Activation.logSoftmaxJvpSpec"
  upstream := "b2a2184"
  summary := "The derivative of log-softmax in a direction, from its output."
  parameters := [⟨"output", ["rows", "columns"]⟩, ⟨"tangent", ["rows", "columns"]⟩]
  results := [⟨"output_tangent", ["rows", "columns"]⟩]
  targets := [{ axes := ["columns"], left := some "output", right := some "tangent" }]
  families := Families.forRows
  beyond := true
  run := fun {α} _ sizes args =>
    let read (xs : Array α) := matrixOf (sizes.get "rows") (sizes.get "columns") xs
    match args with
    | [output, tangent] => [elements (Activation.logSoftmaxJvpSpec (read output) (read tangent))]
    | _ => []

register logSoftmaxJvp

end Conform.Operations
