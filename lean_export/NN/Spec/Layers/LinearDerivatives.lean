import NN.Spec.Layers.LinearProperties

/-!
# The derivatives of the linear layer

The layer is affine in each argument, so its derivatives need no limits: the change of the output *is* the derivative
applied to the change of the argument. A gradient is the vector whose inner product with a change gives the change of
`⟨g, y⟩`, where `g` stands for `∂L/∂y`. Each derivative of the spec is that vector, and no other vector is.

Main results: `Spec.linearSpec_sub_input`, `Spec.linearInputDerivSpec_adjoint`, `Spec.linearWeightsDerivSpec_adjoint`,
`Spec.linearBackwardSpec_gradient`, `Spec.linearInputDerivSpec_unique`, `Spec.linearWeightsDerivSpec_unique`.

Reference: M. Spivak, *Calculus on Manifolds*, chapter 2.
-/

namespace Spec

open Laws Tensor

variable {α : Type} {inDim outDim : Nat}

section Semiring

variable [Add α] [Mul α] [Zero α] [CommSemiringLaws α]

/-- Adjoint identity for the input: `⟨g, W h⟩ = ⟨Wᵀ g, h⟩`. -/
theorem linearInputDerivSpec_adjoint (w : Mat α outDim inDim) (g : Vec α outDim) (h : Vec α inDim) :
    innerProduct g (matVecMulSpec w h) = innerProduct (linearInputDerivSpec w g) h :=
  innerProduct_matVecMulSpec g w h

/-- Adjoint identity for the weights: `⟨g, V x⟩ = ⟨g ⊗ x, V⟩`. -/
theorem linearWeightsDerivSpec_adjoint (x : Vec α inDim) (g : Vec α outDim) (v : Mat α outDim inDim) :
    innerProduct g (matVecMulSpec v x) = innerProduct₂ (linearWeightsDerivSpec x g) v :=
  innerProduct_outerProductSpec g v x

/-- The backward pass is the gradient of `⟨g, y⟩` in all arguments at once. With `y` the output at `(W, b, x)`, and
`y'` the output at `(W + V, b + c, x + h)`: `⟨g, y'⟩ = ⟨g, y⟩ + ⟨dW, V⟩ + ⟨db, c⟩ + ⟨dx, h⟩ + ⟨g, V h⟩`, where the
last term is of second order. -/
theorem linearBackwardSpec_gradient (layer : LinearSpec α inDim outDim) (x : Vec α inDim) (g : Vec α outDim)
    (v : Mat α outDim inDim) (c : Vec α outDim) (h : Vec α inDim) :
    innerProduct g (linearSpec ⟨addSpec layer.weights v, addSpec layer.bias c⟩ (addSpec x h)) =
      innerProduct g (linearSpec layer x)
        + (innerProduct₂ (linearBackwardSpec layer x g).1 v
          + innerProduct (linearBackwardSpec layer x g).2.1 c
          + innerProduct (linearBackwardSpec layer x g).2.2 h)
        + innerProduct g (matVecMulSpec v h) := by
  rw [linearSpec_add_bias, linearSpec_add_weights, linearSpec_add_input, innerProduct_add, innerProduct_add,
    innerProduct_add, matVecMulSpec_add, innerProduct_add, linearInputDerivSpec_adjoint,
    linearWeightsDerivSpec_adjoint x]
  show _ = innerProduct g (linearSpec layer x)
    + (innerProduct₂ (linearWeightsDerivSpec x g) v + innerProduct g c
      + innerProduct (linearInputDerivSpec layer.weights g) h) + innerProduct g (matVecMulSpec v h)
  ac_rfl

end Semiring

section Ring

variable [Add α] [Mul α] [Zero α] [One α] [Sub α] [CommRingLaws α]

/-- `(x + y) - x = y`. -/
theorem subSpec_addSpec_cancel (x y : Vec α outDim) : subSpec (addSpec x y) x = y :=
  ext₁ fun i => by rw [get₁_subSpec, get₁_addSpec, add_sub_cancel_left]

/-- The derivative in the input at any point is `h ↦ W h`, exactly: `f(x + h) - f(x) = W h`. -/
theorem linearSpec_sub_input (m : LinearSpec α inDim outDim) (x h : Vec α inDim) :
    subSpec (linearSpec m (addSpec x h)) (linearSpec m x) = matVecMulSpec m.weights h := by
  rw [linearSpec_add_input, subSpec_addSpec_cancel]

/-- The derivative in the weights at any point is `V ↦ V x`, exactly: `f_{W+V}(x) - f_W(x) = V x`. -/
theorem linearSpec_sub_weights (w v : Mat α outDim inDim) (b : Vec α outDim) (x : Vec α inDim) :
    subSpec (linearSpec ⟨addSpec w v, b⟩ x) (linearSpec ⟨w, b⟩ x) = matVecMulSpec v x := by
  rw [linearSpec_add_weights, subSpec_addSpec_cancel]

/-- The derivative in the bias at any point is the identity: `f_{b+c}(x) - f_b(x) = c`. -/
theorem linearSpec_sub_bias (w : Mat α outDim inDim) (b c : Vec α outDim) (x : Vec α inDim) :
    subSpec (linearSpec ⟨w, addSpec b c⟩ x) (linearSpec ⟨w, b⟩ x) = c := by
  rw [linearSpec_add_bias, subSpec_addSpec_cancel]

/-- `linearInputDerivSpec` is the gradient in the input: `⟨g, f(x + h) - f(x)⟩ = ⟨dx, h⟩` for every `h`. -/
theorem linearInputDerivSpec_gradient (m : LinearSpec α inDim outDim) (x h : Vec α inDim) (g : Vec α outDim) :
    innerProduct g (subSpec (linearSpec m (addSpec x h)) (linearSpec m x)) =
      innerProduct (linearInputDerivSpec m.weights g) h := by
  rw [linearSpec_sub_input, linearInputDerivSpec_adjoint]

/-- `linearWeightsDerivSpec` is the gradient in the weights: `⟨g, f_{W+V}(x) - f_W(x)⟩ = ⟨dW, V⟩` for every `V`. -/
theorem linearWeightsDerivSpec_gradient (w v : Mat α outDim inDim) (b : Vec α outDim) (x : Vec α inDim)
    (g : Vec α outDim) :
    innerProduct g (subSpec (linearSpec ⟨addSpec w v, b⟩ x) (linearSpec ⟨w, b⟩ x)) =
      innerProduct₂ (linearWeightsDerivSpec x g) v := by
  rw [linearSpec_sub_weights, linearWeightsDerivSpec_adjoint]

/-- `linearBiasDerivSpec` is the gradient in the bias: `⟨g, f_{b+c}(x) - f_b(x)⟩ = ⟨db, c⟩` for every `c`. -/
theorem linearBiasDerivSpec_gradient (w dW : Mat α outDim inDim) (b c : Vec α outDim) (x : Vec α inDim)
    (g : Vec α outDim) :
    innerProduct g (subSpec (linearSpec ⟨w, addSpec b c⟩ x) (linearSpec ⟨w, b⟩ x)) =
      innerProduct (linearBiasDerivSpec dW g x) c := by
  rw [linearSpec_sub_bias]
  rfl

/-- No other vector is the gradient in the input. -/
theorem linearInputDerivSpec_unique (m : LinearSpec α inDim outDim) (x : Vec α inDim) (g : Vec α outDim)
    (d : Vec α inDim)
    (hd : ∀ h, innerProduct g (subSpec (linearSpec m (addSpec x h)) (linearSpec m x)) = innerProduct d h) :
    d = linearInputDerivSpec m.weights g :=
  eq_of_innerProduct fun h => by rw [← hd, linearInputDerivSpec_gradient]

/-- No other matrix is the gradient in the weights. -/
theorem linearWeightsDerivSpec_unique (w : Mat α outDim inDim) (b : Vec α outDim) (x : Vec α inDim)
    (g : Vec α outDim) (d : Mat α outDim inDim)
    (hd : ∀ v, innerProduct g (subSpec (linearSpec ⟨addSpec w v, b⟩ x) (linearSpec ⟨w, b⟩ x)) = innerProduct₂ d v) :
    d = linearWeightsDerivSpec x g :=
  eq_of_innerProduct₂ fun v => by rw [← hd v, linearWeightsDerivSpec_gradient]

/-- No other vector is the gradient in the bias. -/
theorem linearBiasDerivSpec_unique (w dW : Mat α outDim inDim) (b : Vec α outDim) (x : Vec α inDim)
    (g d : Vec α outDim)
    (hd : ∀ c, innerProduct g (subSpec (linearSpec ⟨w, addSpec b c⟩ x) (linearSpec ⟨w, b⟩ x)) = innerProduct d c) :
    d = linearBiasDerivSpec dW g x :=
  eq_of_innerProduct fun c => by rw [← hd, linearBiasDerivSpec_gradient w dW]

end Ring

end Spec
