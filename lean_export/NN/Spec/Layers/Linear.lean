import NN.Spec.Core.LinearAlgebra

/-!
# The linear layer

A fully connected layer `y = W x + b`, its derivatives, and two helpers on gradients. Dot products fold left from
zero and the bias is added last.

Main definitions: `Spec.LinearSpec`, `Spec.linearSpec`, `Spec.linearBatchedSpec`, `Spec.linearWeightsDerivSpec`,
`Spec.linearBiasDerivSpec`, `Spec.linearInputDerivSpec`, `Spec.batchLinearDerivSpec`, `Spec.linearBackwardSpec`,
`Spec.linearGradientAccumulateSpec`, `Spec.linearGradientScaleSpec`.

Names and signatures are those of TorchLean's `NN.Spec.Layers.Linear`.
-/

namespace Spec

/-- The parameters of a linear layer: `weights` is `[outDim, inDim]`, `bias` is `[outDim]`. -/
structure LinearSpec (α : Type) (inDim outDim : Nat) where
  weights : Tensor α (Shape.dim outDim (Shape.dim inDim Shape.scalar))
  bias : Tensor α (Shape.dim outDim Shape.scalar)

/-- Forward pass of one example: `y = W x + b`. -/
def linearSpec {α : Type} [Add α] [Mul α] [Zero α] {inDim outDim : Nat}
    (m : LinearSpec α inDim outDim) (input : Tensor α (Shape.dim inDim Shape.scalar)) :
    Tensor α (Shape.dim outDim Shape.scalar) :=
  addSpec (matVecMulSpec m.weights input) m.bias

/-- Forward pass of a batch: `linearSpec` on every row of `[batch, inDim]`. -/
def linearBatchedSpec {α : Type} [Add α] [Mul α] [Zero α] {batch inDim outDim : Nat}
    (m : LinearSpec α inDim outDim)
    (input : Tensor α (Shape.dim batch (Shape.dim inDim Shape.scalar))) :
    Tensor α (Shape.dim batch (Shape.dim outDim Shape.scalar)) :=
  Tensor.dim fun b => linearSpec m (input.get b)

/-- Gradient with respect to the weights: the outer product of `∂L/∂y` and `x`. -/
def linearWeightsDerivSpec {α : Type} [Mul α] {inDim outDim : Nat}
    (input : Tensor α (Shape.dim inDim Shape.scalar))
    (grad_output : Tensor α (Shape.dim outDim Shape.scalar)) :
    Tensor α (Shape.dim outDim (Shape.dim inDim Shape.scalar)) :=
  outerProductSpec grad_output input

/-- Gradient with respect to the bias: `∂L/∂y` itself. -/
def linearBiasDerivSpec {α : Type} {inDim outDim : Nat}
    (_dW : Tensor α (Shape.dim outDim (Shape.dim inDim Shape.scalar)))
    (grad_output : Tensor α (Shape.dim outDim Shape.scalar))
    (_input : Tensor α (Shape.dim inDim Shape.scalar)) :
    Tensor α (Shape.dim outDim Shape.scalar) :=
  grad_output

/-- Gradient with respect to the input: `Wᵀ (∂L/∂y)`. -/
def linearInputDerivSpec {α : Type} [Add α] [Mul α] [Zero α] {inDim outDim : Nat}
    (weights : Tensor α (Shape.dim outDim (Shape.dim inDim Shape.scalar)))
    (grad_output : Tensor α (Shape.dim outDim Shape.scalar)) :
    Tensor α (Shape.dim inDim Shape.scalar) :=
  vecMatMulSpec grad_output weights

/-- The gradients `(∂L/∂W, ∂L/∂b, ∂L/∂x)` of a batch of `batch + 1` examples, summed over the batch where the
parameters are shared. -/
def batchLinearDerivSpec {α : Type} [Add α] [Mul α] [Zero α] {batch inDim outDim : Nat}
    (weights : Tensor α (Shape.dim outDim (Shape.dim inDim Shape.scalar)))
    (input : Tensor α (Shape.dim (batch + 1) (Shape.dim inDim Shape.scalar)))
    (grad_output : Tensor α (Shape.dim (batch + 1) (Shape.dim outDim Shape.scalar))) :
    Tensor α (Shape.dim outDim (Shape.dim inDim Shape.scalar)) ×
      Tensor α (Shape.dim outDim Shape.scalar) ×
      Tensor α (Shape.dim (batch + 1) (Shape.dim inDim Shape.scalar)) :=
  (matMulSpec (matTransposeSpec grad_output) input,
    sumFirstAxisSpec grad_output,
    matMulSpec grad_output weights)

/-- The gradients `(∂L/∂W, ∂L/∂b, ∂L/∂x)` of one example. -/
def linearBackwardSpec {α : Type} [Add α] [Mul α] [Zero α] {inDim outDim : Nat}
    (layer : LinearSpec α inDim outDim)
    (input : Tensor α (Shape.dim inDim Shape.scalar))
    (grad_output : Tensor α (Shape.dim outDim Shape.scalar)) :
    Tensor α (Shape.dim outDim (Shape.dim inDim Shape.scalar)) ×
      Tensor α (Shape.dim outDim Shape.scalar) ×
      Tensor α (Shape.dim inDim Shape.scalar) :=
  let dW := linearWeightsDerivSpec input grad_output
  (dW, linearBiasDerivSpec dW grad_output input, linearInputDerivSpec layer.weights grad_output)

/-- The sum of two weight gradients. -/
def linearGradientAccumulateSpec {α : Type} [Add α] {inDim outDim : Nat}
    (grad1 grad2 : Tensor α (Shape.dim outDim (Shape.dim inDim Shape.scalar))) :
    Tensor α (Shape.dim outDim (Shape.dim inDim Shape.scalar)) :=
  addSpec grad1 grad2

/-- A weight gradient times a scalar. -/
def linearGradientScaleSpec {α : Type} [Mul α] {inDim outDim : Nat}
    (grad : Tensor α (Shape.dim outDim (Shape.dim inDim Shape.scalar))) (scale_factor : α) :
    Tensor α (Shape.dim outDim (Shape.dim inDim Shape.scalar)) :=
  scaleSpec grad scale_factor

end Spec
