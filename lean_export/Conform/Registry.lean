import Conform.Operations.BatchLinearDeriv
import Conform.Operations.Linear
import Conform.Operations.LinearBackward
import Conform.Operations.LinearBatched
import Conform.Operations.LinearBiasDeriv
import Conform.Operations.LinearGradientAccumulate
import Conform.Operations.LinearGradientScale
import Conform.Operations.LinearInputDeriv
import Conform.Operations.LinearWeightsDeriv

/-!
# The registry

Every operation that vectors are written for. A new operation is its file and one line here.
-/

namespace Conform

def registry : List Operation := [
  Operations.linear,
  Operations.linearBatched,
  Operations.linearWeightsDeriv,
  Operations.linearBiasDeriv,
  Operations.linearInputDeriv,
  Operations.batchLinearDeriv,
  Operations.linearBackward,
  Operations.linearGradientAccumulate,
  Operations.linearGradientScale]

end Conform
