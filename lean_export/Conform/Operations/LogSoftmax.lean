import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `log_softmax`
-/

namespace Conform.Operations

def logSoftmax : Operation where
  name := "log_softmax"
  layer := "activation"
  definition := "Activation.logSoftmaxSpec"
  upstream := "b2a2184"
  summary := "Log-softmax along the last axis."
  parameters := [⟨"input", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ axes := ["columns"], left := some "input" }]
  families := Families.forRows
  beyond := true
  run := fun {α} _ sizes args =>
    let read (xs : Array α) := matrixOf (sizes.get "rows") (sizes.get "columns") xs
    match args with
    | [input] => [elements (Activation.logSoftmaxSpec (read input))]
    | _ => []

register logSoftmax

end Conform.Operations
