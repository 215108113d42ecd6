import Conform.Operations.Linear
import Conform.Operations.LinearBatched
import Conform.Operations.LinearWeightsDeriv
import Conform.Operations.LinearBiasDeriv
import Conform.Operations.LinearInputDeriv
import Conform.Operations.BatchLinearDeriv
import Conform.Operations.LinearBackward
import Conform.Operations.LinearGradientAccumulate
import Conform.Operations.LinearGradientScale
import Conform.Operations.Relu
import Conform.Operations.ReluDeriv
import Conform.Operations.LeakyRelu
import Conform.Operations.LeakyReluDeriv
import Conform.Operations.Elu
import Conform.Operations.EluDeriv
import Conform.Operations.Sigmoid
import Conform.Operations.SigmoidDeriv
import Conform.Operations.SigmoidOutputDeriv
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
# The registry

Every operation that vectors are written for, in the order in which they are imported. A new operation is its file,
which registers it, and one line here.
-/

namespace Conform

def registry : List Operation := registered% "" []

end Conform
