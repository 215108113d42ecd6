import Conform.Operation
import NN.Spec.Layers.Linear

/-!
# The operation `linear_gradient_scale`
-/

namespace Conform.Operations

def linearGradientScale : Operation where
  name := "linear_gradient_scale"
  definition := "Spec.linearGradientScaleSpec"
  upstream := "fd2c196"
  summary := "A weight gradient times a scalar."
  parameters := [⟨"grad", ["outDim", "inDim"]⟩, ⟨"scale_factor", []⟩]
  results := [⟨"grad", ["outDim", "inDim"]⟩]
  sums := [{ result := "grad", left := some "grad", right := some "scale_factor" }]
  families := Families.forArithmetic ++ Families.forMatrices
  run := fun sizes args =>
    let m := sizes.get "outDim"
    let n := sizes.get "inDim"
    match args with
    | [grad, scaleFactor] => [elements (Spec.linearGradientScaleSpec (matrixOf m n grad) (scalarOf scaleFactor))]
    | _ => []

register linearGradientScale

end Conform.Operations
