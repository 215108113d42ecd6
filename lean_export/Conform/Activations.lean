import Conform.Registry
import Conform.Operations.Relu
import Conform.Operations.ReluDeriv
import Conform.Operations.LeakyRelu
import Conform.Operations.LeakyReluDeriv
import Conform.Operations.Elu
import Conform.Operations.EluDeriv
import Conform.Operations.Sigmoid
import Conform.Operations.SigmoidDeriv
import Conform.Operations.Tanh
import Conform.Operations.TanhDeriv
import Conform.Operations.Gelu
import Conform.Operations.GeluDeriv
import Conform.Operations.Swish
import Conform.Operations.SwishDeriv
import Conform.Operations.Softplus
import Conform.Operations.SoftplusDeriv
import Conform.Operations.SafeLog
import Conform.Operations.SafeLogDeriv
import Conform.Operations.SmoothAbs
import Conform.Operations.SmoothAbsDeriv
import Conform.Operations.Sinh
import Conform.Operations.SinhDeriv
import Conform.Operations.Cosh
import Conform.Operations.CoshDeriv
import Conform.Operations.Logistic
import Conform.Operations.LogisticDeriv
import Conform.Operations.Softmax
import Conform.Operations.SoftmaxBackward
import Conform.Operations.LogSoftmax
import Conform.Operations.LogSoftmaxBackward
import Conform.Operations.LogSoftmaxJvp

/-!
# The activations

Operations beyond the ring, with the families that suit them, which no committed vectors have yet: what the registry has not,
`lake exe export` does not write. Their definitions run, are traced and have cases, as the tests of this list show.

Main definition: `Conform.activations`.
-/

namespace Conform

def activations : List Operation :=
  (registered% "" []).filter (·.layer = "activation")

end Conform
