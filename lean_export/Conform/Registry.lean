import Conform.Operations.Linear
import Conform.Operations.LinearBatched
import Conform.Operations.LinearWeightsDeriv
import Conform.Operations.LinearBiasDeriv
import Conform.Operations.LinearInputDeriv
import Conform.Operations.BatchLinearDeriv
import Conform.Operations.LinearBackward
import Conform.Operations.LinearGradientAccumulate
import Conform.Operations.LinearGradientScale

/-!
# The registry

Every operation that vectors are written for, in the order in which they are imported. A new operation is its file,
which registers it, and one line here.
-/

namespace Conform

def registry : List Operation := registered% "" []

end Conform
