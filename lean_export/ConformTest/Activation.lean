import Conform.Reading
import NN.Spec.Layers.Activation

/-!
# Tests of the activations, read at double precision

Expected values are of the defining formulas, to ten digits, at -1, 0, 1 and 2.
-/

namespace Conform

open Spec (Tensor)

private def arguments : List Float := [-1, 0, 1, 2]
private def near (x y : Float) : Bool := x == y || Float.abs (x - y) < 0.000000001
private def agree (xs ys : List Float) : Bool := xs.length = ys.length && (xs.zip ys).all fun (x, y) => near x y
private def rows (n : Nat) (xs : List Float) : Tensor Float (.dim 2 (.dim n .scalar)) :=
  Tensor.ofFn₂ fun i j => xs.getD (i.val * n + j.val) 0
private def vector (xs : List Float) : Tensor Float (.dim xs.length .scalar) := Tensor.ofFn₁ fun i => xs.getD i.val 0
private def x : Tensor Float (.dim 4 .scalar) := vector arguments

#guard agree (Activation.reluSpec x).toList [0, 0, 1, 2]
#guard agree (Activation.reluDerivSpec x).toList [0, 0, 1, 1]
#guard agree (Activation.leakyReluSpec x 0.25).toList [-0.25, 0, 1, 2]
#guard agree (Activation.leakyReluDerivSpec x 0.25).toList [0.25, 0.25, 1, 1]
#guard agree (Activation.eluSpec x 2).toList [-1.2642411177, 0, 1, 2]
#guard agree (Activation.eluDerivSpec x 2).toList [0.7357588823, 2, 1, 1]
#guard agree (Activation.sigmoidSpec x).toList [0.2689414214, 0.5, 0.7310585786, 0.8807970780]
#guard agree (Activation.sigmoidDerivSpec x).toList [0.1966119332, 0.25, 0.1966119332, 0.1049935854]
#guard agree (Activation.sigmoidOutputDerivSpec x).toList [-2, 0, 0, -2]
#guard agree (Activation.tanhSpec x).toList [-0.7615941560, 0, 0.7615941560, 0.9640275801]
#guard agree (Activation.tanhDerivSpec x).toList [0.4199743416, 1, 0.4199743416, 0.0706508249]
#guard agree (arguments.map Activation.Math.sinhSpec) [-1.1752011936, 0, 1.1752011936, 3.6268604078]
#guard agree (arguments.map Activation.Math.coshSpec) [1.5430806348, 1, 1.5430806348, 3.7621956911]
#guard arguments.all fun x => Activation.Math.sinhDerivSpec x == x.cosh && Activation.Math.coshDerivSpec x == x.sinh
#guard agree (arguments.map Activation.Math.logisticSpec) (Activation.sigmoidSpec x).toList
#guard agree (arguments.map Activation.Math.logisticDerivSpec) (Activation.sigmoidDerivSpec x).toList
#guard agree (Activation.geluSpec x).toList [-0.1588080094, 0, 0.8411919906, 1.9545976941]
#guard agree (Activation.geluDerivSpec x).toList [-0.0829640838, 0.5, 1.0829640838, 1.0860992566]
#guard agree (Activation.swishSpec x).toList [-0.2689414214, 0, 0.7310585786, 1.7615941560]
#guard agree (Activation.swishDerivSpec x).toList [0.0723294881, 0.5, 0.9276705119, 1.0907842488]
#guard agree (Activation.softplusSpec x).toList [0.3132616875, 0.6931471806, 1.3132616875, 2.1269280110]
#guard agree (Activation.softplusDerivSpec x).toList (Activation.sigmoidSpec x).toList
#guard agree (Activation.safeLogSpec x 0.5).toList [-0.2067023424, 0.1765945056, 0.5951272609, 0.9658151068]
#guard agree (Activation.safeLogDerivSpec x 0.5).toList [0.3306948126, 0.4190597842, 0.4031732340, 0.3352954760]
#guard agree (Activation.smoothAbsSpec x 3).toList [2, 1.7320508076, 2, 2.6457513111]
#guard agree (Activation.smoothAbsDerivSpec x 3).toList [-0.5, 0, 0.5, 0.7559289460]
#guard agree (Activation.activationGradientSpec Activation.reluDerivSpec x (vector [3, 4, 5, 6])).toList [0, 0, 5, 6]

/-! Along the last axis: rows on their own, a scalar is a vector of one, nothing gives nothing. -/
#guard (Activation.maxVecSpec (n := 3) x).toScalar == 2
#guard agree (Activation.softmaxSpec (rows 2 arguments)).toList [0.2689414214, 0.7310585786, 0.2689414214, 0.7310585786]
#guard agree (Activation.softmaxSpec x).toList [0.0320586033, 0.0871443187, 0.2368828181, 0.6439142599]
#guard agree (Activation.softmaxSpec (Tensor.scalar (7 : Float))).toList [1]
#guard agree (Activation.softmaxSpec (vector [])).toList []
#guard agree (Activation.softmaxSpec (vector [1000, 0])).toList [1, 0]
#guard agree (Activation.softmaxBackwardSpec x x).toList [-0.0799109651, -0.1300762057, -0.1167009681, 0.3266881389]
#guard agree (Activation.logSoftmaxSpec x).toList [-3.4401896985, -2.4401896985, -1.4401896985, -0.4401896985]
#guard agree (Activation.logSoftmaxBackwardSpec (Activation.logSoftmaxSpec x) (vector [1, 0, 0, 1])).toList
  [0.9358827934, -0.1742886374, -0.4737656362, -0.2878285199]
#guard agree (Activation.logSoftmaxJvpSpec (Activation.logSoftmaxSpec x) (vector [1, 0, 0, 1])).toList
  [0.3240271368, -0.6759728632, -0.6759728632, 0.3240271368]

/-! Nan wins in `max` and `min`, on either side. -/
private def greatest {α : Type} [Context α] (x y : α) : α := max x y
private def least {α : Type} [Context α] (x y : α) : α := min x y
#guard (greatest (0.0 / 0.0 : Float) 0).isNaN && (greatest (0 : Float) (0.0 / 0.0)).isNaN && greatest (1 : Float) 2 == 2
#guard (least (0.0 / 0.0 : Float32) 0).isNaN && (least (0 : Float32) (0.0 / 0.0)).isNaN && least (1 : Float32) 2 == 1
#guard greatest (-3 : Int) 2 = 2 && least (-3 : Int) 2 = -3

end Conform
