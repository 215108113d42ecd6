import Conform.Operation
import NN.Spec.Layers.Activation

/-!
# The operation `softmax`
-/

namespace Conform.Operations

def softmax : Operation where
  name := "softmax"
  layer := "activation"
  definition := "Activation.softmaxSpec"
  upstream := "b2a2184"
  summary := "Softmax along the last axis."
  parameters := [⟨"input", ["rows", "columns"]⟩]
  results := [⟨"output", ["rows", "columns"]⟩]
  targets := [{ axes := ["columns"], left := some "input" }]
  families := Families.forRows
  beyond := true
  run := fun {α} _ sizes args =>
    let read (xs : Array α) := matrixOf (sizes.get "rows") (sizes.get "columns") xs
    match args with
    | [input] => [elements (Activation.softmaxSpec (read input))]
    | _ => []

register softmax

end Conform.Operations
