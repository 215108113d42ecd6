import NN.Spec.Core.Context
import NN.Spec.Core.LinearAlgebra

/-!
# Activations

Activations and their derivatives, as functions of a scalar and element by element over tensors of any rank; softmax and
log-softmax along the last axis, with their derivatives. Sums fold left from zero, products associate to the left.

Names, argument order and formulas are those of TorchLean's `NN.Spec.Layers.Activation` (revision `b2a2184`), with one
difference: there the tensor forms of the leaky and the exponential linear unit exchange the input and the parameter;
here they apply the scalar function to every element.

Main definitions: in `Activation.Math` the scalar functions; in `Activation` their tensor forms, `maxVecSpec`,
`softmaxSpec`, `softmaxBackwardSpec`, `logSoftmaxSpec`, `logSoftmaxBackwardSpec`, `logSoftmaxJvpSpec`,
`activationGradientSpec`.
-/

namespace Activation

open Spec (Shape Tensor sumFin)

namespace Math

section Linear
variable {α : Type}

/-- The rectified linear unit, `max (x, 0)`. -/
def reluSpec [Zero α] [Max α] (x : α) : α := max x 0

/-- Its derivative: one for positive numbers, zero at zero. -/
def reluDerivSpec [Zero α] [One α] [LT α] [DecidableRel (fun x y : α => x > y)] (x : α) : α := if x > 0 then 1 else 0

/-- The leaky rectified linear unit: `x` for positive numbers, `αₗ x` for others. -/
def leakyReluSpec [Zero α] [Mul α] [LT α] [DecidableRel (fun x y : α => x > y)] (x αₗ : α) : α :=
  if x > 0 then x else αₗ * x

/-- Its derivative: one for positive numbers, the slope `αₗ` for others, zero included. -/
def leakyReluDerivSpec [Zero α] [One α] [LT α] [DecidableRel (fun x y : α => x > y)] (x αₗ : α) : α :=
  if x > 0 then 1 else αₗ

/-- The exponential linear unit: `x` for positive numbers, `alpha (eˣ - 1)` for others. -/
def eluSpec [Zero α] [One α] [LT α] [DecidableRel (fun x y : α => x > y)] [MathFunctions α] [Sub α] [Mul α]
    (x alpha : α) : α :=
  if x > 0 then x else alpha * (MathFunctions.exp x - 1)

/-- Its derivative: one for positive numbers, `alpha eˣ` for others, zero included. -/
def eluDerivSpec [Zero α] [One α] [LT α] [DecidableRel (fun x y : α => x > y)] [MathFunctions α] [Mul α]
    (x alpha : α) : α :=
  if x > 0 then 1 else alpha * MathFunctions.exp x

end Linear

variable {α : Type} [Context α]

/-- The sigmoid, `1 / (1 + e⁻ˣ)`. -/
def sigmoidSpec (x : α) : α := 1 / (1 + MathFunctions.exp (-x))

/-- Its derivative, `s (1 - s)` for the sigmoid `s` of `x`. -/
def sigmoidDerivSpec (x : α) : α :=
  let s := sigmoidSpec x
  s * (1 - s)

/-- The hyperbolic tangent. -/
def tanhSpec (x : α) : α := MathFunctions.tanh x

/-- Its derivative, `1 - tanh² x`. -/
def tanhDerivSpec (x : α) : α :=
  let t := MathFunctions.tanh x
  1 - t * t

/-- The hyperbolic sine. -/
def sinhSpec (x : α) : α := MathFunctions.sinh x

/-- Its derivative, the hyperbolic cosine. -/
def sinhDerivSpec (x : α) : α := MathFunctions.cosh x

/-- The hyperbolic cosine. -/
def coshSpec (x : α) : α := MathFunctions.cosh x

/-- Its derivative, the hyperbolic sine. -/
def coshDerivSpec (x : α) : α := MathFunctions.sinh x

/-- The logistic function, `eˣ / (eˣ + 1)`. -/
def logisticSpec (x : α) : α :=
  let power := MathFunctions.exp x
  power / (power + 1)

/-- Its derivative, `l (1 - l)` for the logistic function `l` of `x`. -/
def logisticDerivSpec (x : α) : α :=
  let l := logisticSpec x
  l * (1 - l)

/-- The coefficient of the cubic term in the hyperbolic-tangent form of the Gaussian error linear unit, 0.044715. -/
def geluTanhCoeff : α := ((44715 : Nat) : α) / ((1000000 : Nat) : α)

/-- `√(2/π)`, the slope of the tangent's argument at zero. -/
def geluTanhSlope : α := MathFunctions.sqrt ((1 + 1) / MathFunctions.pi)

/-- The Gaussian error linear unit in its hyperbolic-tangent form, `x (1 + tanh (√(2/π) (x + 0.044715 x³))) / 2`
(Hendrycks and Gimpel 2016). -/
def geluSpec (x : α) : α :=
  let inner := geluTanhSlope * (x + geluTanhCoeff * x * x * x)
  x * (1 + MathFunctions.tanh inner) / (1 + 1)

/-- Its derivative, `(1 + t + x (1 - t²) √(2/π) (1 + 3 · 0.044715 x²)) / 2` with `t` the tangent above. -/
def geluDerivSpec (x : α) : α :=
  let inner := geluTanhSlope * (x + geluTanhCoeff * x * x * x)
  let t := MathFunctions.tanh inner
  let innerDeriv := geluTanhSlope * (1 + (1 + 1 + 1) * geluTanhCoeff * x * x)
  (1 + t + x * (1 - t * t) * innerDeriv) / (1 + 1)

/-- Swish, `x σ(x)` (Ramachandran, Zoph and Le 2017). -/
def swishSpec (x : α) : α := x * sigmoidSpec x

/-- Its derivative, `s + x s (1 - s)` for the sigmoid `s` of `x`. -/
def swishDerivSpec (x : α) : α :=
  let s := sigmoidSpec x
  s + x * s * (1 - s)

/-- Softplus, `log (1 + eˣ)`, as `x + log (1 + e⁻ˣ)` for positive numbers, where `eˣ` could overflow. -/
def softplusSpec (x : α) : α :=
  if x > 0 then x + MathFunctions.log (1 + MathFunctions.exp (-x))
  else MathFunctions.log (1 + MathFunctions.exp x)

/-- Its derivative, the sigmoid. -/
def softplusDerivSpec (x : α) : α := sigmoidSpec x

/-- A logarithm that is defined everywhere, `log (softplus x + ε)`. -/
def safeLogSpec (x : α) (ε : α := Numbers.epsilon) : α := MathFunctions.log (softplusSpec x + ε)

/-- Its derivative, `σ(x) / (softplus x + ε)`. -/
def safeLogDerivSpec (x : α) (ε : α := Numbers.epsilon) : α := sigmoidSpec x / (softplusSpec x + ε)

/-- A smooth absolute value, `√(x² + ε)`. -/
def smoothAbsSpec (x : α) (ε : α := Numbers.epsilon) : α := MathFunctions.sqrt (x * x + ε)

/-- Its derivative, `x / √(x² + ε)`. -/
def smoothAbsDerivSpec (x : α) (ε : α := Numbers.epsilon) : α := x / MathFunctions.sqrt (x * x + ε)

end Math

/-! ## Element by element -/

section Linear
variable {α : Type} {s : Shape}

/-- `Math.reluSpec` of every element. -/
def reluSpec [Zero α] [Max α] (t : Tensor α s) : Tensor α s := t.map Math.reluSpec

/-- `Math.reluDerivSpec` of every element. -/
def reluDerivSpec [Zero α] [One α] [LT α] [DecidableRel (fun x y : α => x > y)] (t : Tensor α s) : Tensor α s :=
  t.map Math.reluDerivSpec

/-- `Math.leakyReluSpec` of every element, with the slope `αₗ`. -/
def leakyReluSpec [Zero α] [Mul α] [LT α] [DecidableRel (fun x y : α => x > y)] (t : Tensor α s) (αₗ : α) :
    Tensor α s :=
  t.map fun x => Math.leakyReluSpec x αₗ

/-- `Math.leakyReluDerivSpec` of every element, with the slope `αₗ`. -/
def leakyReluDerivSpec [Zero α] [One α] [LT α] [DecidableRel (fun x y : α => x > y)] (t : Tensor α s) (αₗ : α) :
    Tensor α s :=
  t.map fun x => Math.leakyReluDerivSpec x αₗ

/-- `Math.eluSpec` of every element, with the scale `alpha`. -/
def eluSpec [Zero α] [One α] [LT α] [DecidableRel (fun x y : α => x > y)] [MathFunctions α] [Sub α] [Mul α]
    (t : Tensor α s) (alpha : α) : Tensor α s :=
  t.map fun x => Math.eluSpec x alpha

/-- `Math.eluDerivSpec` of every element, with the scale `alpha`. -/
def eluDerivSpec [Zero α] [One α] [LT α] [DecidableRel (fun x y : α => x > y)] [MathFunctions α] [Mul α]
    (t : Tensor α s) (alpha : α) : Tensor α s :=
  t.map fun x => Math.eluDerivSpec x alpha

end Linear

variable {α : Type} [Context α] {s : Shape} {n : Nat}

/-- `Math.tanhSpec` of every element. -/
def tanhSpec (t : Tensor α s) : Tensor α s := t.map Math.tanhSpec

/-- `Math.tanhDerivSpec` of every element. -/
def tanhDerivSpec (t : Tensor α s) : Tensor α s := t.map Math.tanhDerivSpec

/-- `Math.sigmoidSpec` of every element. -/
def sigmoidSpec (t : Tensor α s) : Tensor α s := t.map Math.sigmoidSpec

/-- `Math.sigmoidDerivSpec` of every element. -/
def sigmoidDerivSpec (t : Tensor α s) : Tensor α s := t.map Math.sigmoidDerivSpec

/-- The derivative of the sigmoid from its output, `o (1 - o)`. -/
def sigmoidOutputDerivSpec (sigmoidOutput : Tensor α s) : Tensor α s := sigmoidOutput.map fun o => o * (1 - o)

/-- `Math.geluSpec` of every element. -/
def geluSpec (t : Tensor α s) : Tensor α s := t.map Math.geluSpec

/-- `Math.geluDerivSpec` of every element. -/
def geluDerivSpec (t : Tensor α s) : Tensor α s := t.map Math.geluDerivSpec

/-- `Math.swishSpec` of every element. -/
def swishSpec (t : Tensor α s) : Tensor α s := t.map Math.swishSpec

/-- `Math.swishDerivSpec` of every element. -/
def swishDerivSpec (t : Tensor α s) : Tensor α s := t.map Math.swishDerivSpec

/-- `Math.softplusSpec` of every element. -/
def softplusSpec (t : Tensor α s) : Tensor α s := t.map Math.softplusSpec

/-- `Math.softplusDerivSpec` of every element. -/
def softplusDerivSpec (t : Tensor α s) : Tensor α s := t.map Math.softplusDerivSpec

/-- `Math.safeLogSpec` of every element. -/
def safeLogSpec (t : Tensor α s) (ε : α := Numbers.epsilon) : Tensor α s := t.map fun x => Math.safeLogSpec x ε

/-- `Math.safeLogDerivSpec` of every element. -/
def safeLogDerivSpec (t : Tensor α s) (ε : α := Numbers.epsilon) : Tensor α s :=
  t.map fun x => Math.safeLogDerivSpec x ε

/-- `Math.smoothAbsSpec` of every element. -/
def smoothAbsSpec (t : Tensor α s) (ε : α := Numbers.epsilon) : Tensor α s := t.map fun x => Math.smoothAbsSpec x ε

/-- `Math.smoothAbsDerivSpec` of every element. -/
def smoothAbsDerivSpec (t : Tensor α s) (ε : α := Numbers.epsilon) : Tensor α s :=
  t.map fun x => Math.smoothAbsDerivSpec x ε

/-- The chain rule for an activation with the given derivative: `g ⊙ f′(x)`. -/
def activationGradientSpec (activation_deriv : Tensor α s → Tensor α s) (input grad_output : Tensor α s) :
    Tensor α s :=
  Tensor.zipWith (· * ·) grad_output (activation_deriv input)

/-! ## Along the last axis -/

/-- The greatest element of a vector that has one. -/
def maxVecSpec (t : Tensor α (Shape.dim n.succ Shape.scalar)) : Tensor α Shape.scalar :=
  Tensor.scalar (Fin.foldl n.succ (fun greatest i => max greatest (t.get₁ i)) (t.get₁ 0))

/-- `e ^ (xᵢ - m)` with `m` the greatest element, so that no power exceeds one. -/
def maxShiftedExpVecSpec (t : Tensor α (Shape.dim n.succ Shape.scalar)) : Tensor α (Shape.dim n.succ Shape.scalar) :=
  let greatest := (maxVecSpec t).toScalar
  t.map fun x => MathFunctions.exp (x - greatest)

/-- Softmax of a vector: `e ^ (xᵢ - m) / Σⱼ e ^ (xⱼ - m)`. -/
def softmaxVecSpec : {n : Nat} → Tensor α (Shape.dim n Shape.scalar) → Tensor α (Shape.dim n Shape.scalar)
  | 0, t => t
  | n + 1, t =>
    let powers := (maxShiftedExpVecSpec t).materialize
    let total := sumFin (n + 1) powers.get₁
    powers.map (· / total)

/-- Softmax along the last axis; a scalar is a vector of one. -/
def softmaxSpec : {s : Shape} → Tensor α s → Tensor α s
  | .scalar, _ => Tensor.scalar 1
  | .dim _ .scalar, t => softmaxVecSpec t
  | .dim _ (.dim _ _), Tensor.dim f => Tensor.dim fun i => softmaxSpec (f i)

/-- The gradient of softmax with respect to its input `x`, from the gradient `dY` of its output `y`:
`y ⊙ (dY - Σⱼ dYⱼ yⱼ)` along the last axis. -/
def softmaxBackwardSpec : {s : Shape} → Tensor α s → Tensor α s → Tensor α s
  | .scalar, _, _ => Tensor.scalar 0
  | .dim n .scalar, x, dY =>
    let y := (softmaxVecSpec x).materialize
    let inner := sumFin n fun j => dY.get₁ j * y.get₁ j
    Tensor.zipWith (fun p g => p * (g - inner)) y dY
  | .dim _ (.dim _ _), Tensor.dim x, Tensor.dim dY => Tensor.dim fun i => softmaxBackwardSpec (x i) (dY i)

/-- Log-softmax of a vector: `(xᵢ - m) - log Σⱼ e ^ (xⱼ - m)`. -/
def logSoftmaxVecSpec : {n : Nat} → Tensor α (Shape.dim n Shape.scalar) → Tensor α (Shape.dim n Shape.scalar)
  | 0, t => t
  | n + 1, t =>
    let greatest := (maxVecSpec t).toScalar
    let norm := MathFunctions.log (sumFin (n + 1) (maxShiftedExpVecSpec t).get₁)
    t.map fun x => x - greatest - norm

/-- Log-softmax along the last axis; a scalar is a vector of one. -/
def logSoftmaxSpec : {s : Shape} → Tensor α s → Tensor α s
  | .scalar, _ => Tensor.scalar 0
  | .dim _ .scalar, t => logSoftmaxVecSpec t
  | .dim _ (.dim _ _), Tensor.dim f => Tensor.dim fun i => logSoftmaxSpec (f i)

/-- The derivative of log-softmax in the direction `dx`, from its output `y`: `dx - Σⱼ e ^ yⱼ dxⱼ` along the last
axis. -/
def logSoftmaxJvpSpec : {s : Shape} → Tensor α s → Tensor α s → Tensor α s
  | .scalar, _, _ => Tensor.scalar 0
  | .dim n .scalar, y, dx =>
    let inner := sumFin n fun j => MathFunctions.exp (y.get₁ j) * dx.get₁ j
    dx.map (· - inner)
  | .dim _ (.dim _ _), Tensor.dim y, Tensor.dim dx => Tensor.dim fun i => logSoftmaxJvpSpec (y i) (dx i)

/-- The gradient of log-softmax with respect to its input, from its output `y` and the gradient `dY` of that:
`dY - e ^ y Σⱼ dYⱼ` along the last axis. -/
def logSoftmaxBackwardSpec : {s : Shape} → Tensor α s → Tensor α s → Tensor α s
  | .scalar, _, _ => Tensor.scalar 0
  | .dim n .scalar, y, dY =>
    let total := sumFin n dY.get₁
    Tensor.zipWith (fun p g => g - MathFunctions.exp p * total) y dY
  | .dim _ (.dim _ _), Tensor.dim y, Tensor.dim dY => Tensor.dim fun i => logSoftmaxBackwardSpec (y i) (dY i)

end Activation
