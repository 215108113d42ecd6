import NN.Spec.Core.LinearAlgebraProperties
import NN.Spec.Layers.Linear

/-!
# The linear layer is linear

What holds of the layer by its definition, for any scalar; and, with exact scalars, that the forward pass is linear in
the weights, the bias and the input together with what is added to them, and that the derivatives respect the two
helpers on gradients.

Main results: `Spec.linearBackwardSpec_eq`, `Spec.linearSpec_add_input`, `Spec.linearSpec_add_weights`,
`Spec.linearSpec_add_bias`, `Spec.linearSpec_add_layer`, `Spec.linearSpec_scale`,
`Spec.linearGradientAccumulateSpec_comm`, `Spec.linearWeightsDerivSpec_accumulate`,
`Spec.linearWeightsDerivSpec_scale`.
-/

namespace Spec

open Laws Tensor

variable {α : Type} {batch inDim outDim : Nat}

/-- The backward pass is the three derivatives, for any scalar. -/
theorem linearBackwardSpec_eq [Add α] [Mul α] [Zero α] (layer : LinearSpec α inDim outDim) (x : Vec α inDim)
    (g : Vec α outDim) :
    linearBackwardSpec layer x g =
      (linearWeightsDerivSpec x g, linearBiasDerivSpec (linearWeightsDerivSpec x g) g x,
        linearInputDerivSpec layer.weights g) := rfl

/-- Accumulating gradients commutes wherever addition does; that includes floating-point addition. -/
theorem linearGradientAccumulateSpec_comm [Add α] (comm : ∀ a b : α, a + b = b + a) (a b : Mat α outDim inDim) :
    linearGradientAccumulateSpec a b = linearGradientAccumulateSpec b a :=
  ext₂ fun i j => by
    unfold linearGradientAccumulateSpec
    rw [get₂_addSpec, get₂_addSpec, comm]

/-- Element-wise, for any scalar: `yᵢ = Σⱼ Wᵢⱼ xⱼ + bᵢ`. -/
theorem get₁_linearSpec [Add α] [Mul α] [Zero α] (m : LinearSpec α inDim outDim) (x : Vec α inDim) (i : Fin outDim) :
    (linearSpec m x).get₁ i = (sumFin inDim fun j => m.weights.get₂ i j * x.get₁ j) + m.bias.get₁ i :=
  get₁_addSpec _ _ _

section Semiring

variable [Add α] [Mul α] [Zero α] [CommSemiringLaws α]

/-- The forward pass is affine in the input, with linear part `W h`: `f(x + h) = f(x) + W h`. -/
theorem linearSpec_add_input (m : LinearSpec α inDim outDim) (x h : Vec α inDim) :
    linearSpec m (addSpec x h) = addSpec (linearSpec m x) (matVecMulSpec m.weights h) := by
  unfold linearSpec
  rw [matVecMulSpec_add, addSpec_assoc₁, addSpec_comm₁ _ m.bias, ← addSpec_assoc₁]

/-- The forward pass is affine in the weights, with linear part `V x`: `f_{W+V}(x) = f_W(x) + V x`. -/
theorem linearSpec_add_weights (w v : Mat α outDim inDim) (b : Vec α outDim) (x : Vec α inDim) :
    linearSpec ⟨addSpec w v, b⟩ x = addSpec (linearSpec ⟨w, b⟩ x) (matVecMulSpec v x) := by
  unfold linearSpec
  rw [add_matVecMulSpec, addSpec_assoc₁, addSpec_comm₁ _ b, ← addSpec_assoc₁]

/-- The forward pass is affine in the bias, with linear part the identity: `f_{b+c}(x) = f_b(x) + c`. -/
theorem linearSpec_add_bias (w : Mat α outDim inDim) (b c : Vec α outDim) (x : Vec α inDim) :
    linearSpec ⟨w, addSpec b c⟩ x = addSpec (linearSpec ⟨w, b⟩ x) c :=
  (addSpec_assoc₁ _ _ _).symm

/-- The forward pass is additive in the parameters: `f_{W+V, b+c}(x) = f_{W,b}(x) + f_{V,c}(x)`. -/
theorem linearSpec_add_layer (w v : Mat α outDim inDim) (b c : Vec α outDim) (x : Vec α inDim) :
    linearSpec ⟨addSpec w v, addSpec b c⟩ x = addSpec (linearSpec ⟨w, b⟩ x) (linearSpec ⟨v, c⟩ x) := by
  refine ext₁ fun i => ?_
  unfold linearSpec
  rw [add_matVecMulSpec, get₁_addSpec, get₁_addSpec, get₁_addSpec, get₁_addSpec, get₁_addSpec, get₁_addSpec,
    add_add_add_comm]

/-- The forward pass is homogeneous in the parameters: `f_{Wc, bc}(x) = f_{W,b}(x) c`. -/
theorem linearSpec_scale (w : Mat α outDim inDim) (b : Vec α outDim) (x : Vec α inDim) (c : α) :
    linearSpec ⟨scaleSpec w c, scaleSpec b c⟩ x = scaleSpec (linearSpec ⟨w, b⟩ x) c := by
  refine ext₁ fun i => ?_
  unfold linearSpec
  rw [scale_matVecMulSpec, get₁_addSpec, get₁_scaleSpec, get₁_scaleSpec, get₁_scaleSpec, get₁_addSpec, add_mul]

/-- The weight gradient of a sum of output gradients is the accumulated one. -/
theorem linearWeightsDerivSpec_accumulate (x : Vec α inDim) (g₁ g₂ : Vec α outDim) :
    linearWeightsDerivSpec x (addSpec g₁ g₂) =
      linearGradientAccumulateSpec (linearWeightsDerivSpec x g₁) (linearWeightsDerivSpec x g₂) := by
  refine ext₂ fun i j => ?_
  unfold linearWeightsDerivSpec linearGradientAccumulateSpec
  rw [get₂_addSpec, get₂_outerProductSpec, get₂_outerProductSpec, get₂_outerProductSpec, get₁_addSpec, add_mul]

/-- The weight gradient at a sum of inputs is the accumulated one. -/
theorem linearWeightsDerivSpec_accumulate_input (x₁ x₂ : Vec α inDim) (g : Vec α outDim) :
    linearWeightsDerivSpec (addSpec x₁ x₂) g =
      linearGradientAccumulateSpec (linearWeightsDerivSpec x₁ g) (linearWeightsDerivSpec x₂ g) := by
  refine ext₂ fun i j => ?_
  unfold linearWeightsDerivSpec linearGradientAccumulateSpec
  rw [get₂_addSpec, get₂_outerProductSpec, get₂_outerProductSpec, get₂_outerProductSpec, get₁_addSpec, mul_add]

/-- A scaled output gradient scales the weight gradient. -/
theorem linearWeightsDerivSpec_scale (x : Vec α inDim) (g : Vec α outDim) (c : α) :
    linearWeightsDerivSpec x (scaleSpec g c) = linearGradientScaleSpec (linearWeightsDerivSpec x g) c := by
  refine ext₂ fun i j => ?_
  unfold linearWeightsDerivSpec linearGradientScaleSpec
  rw [get₂_scaleSpec, get₂_outerProductSpec, get₂_outerProductSpec, get₁_scaleSpec]
  ac_rfl

/-- The input gradient is additive in the output gradient. -/
theorem linearInputDerivSpec_add (w : Mat α outDim inDim) (g₁ g₂ : Vec α outDim) :
    linearInputDerivSpec w (addSpec g₁ g₂) =
      addSpec (linearInputDerivSpec w g₁) (linearInputDerivSpec w g₂) := by
  unfold linearInputDerivSpec
  rw [vecMatMulSpec_eq_transpose, vecMatMulSpec_eq_transpose, vecMatMulSpec_eq_transpose, matVecMulSpec_add]

/-- The input gradient is homogeneous in the output gradient. -/
theorem linearInputDerivSpec_scale (w : Mat α outDim inDim) (g : Vec α outDim) (c : α) :
    linearInputDerivSpec w (scaleSpec g c) = scaleSpec (linearInputDerivSpec w g) c := by
  unfold linearInputDerivSpec
  rw [vecMatMulSpec_eq_transpose, vecMatMulSpec_eq_transpose, matVecMulSpec_scale]

/-- Scaling distributes over accumulation. -/
theorem linearGradientScaleSpec_accumulate (a b : Mat α outDim inDim) (c : α) :
    linearGradientScaleSpec (linearGradientAccumulateSpec a b) c =
      linearGradientAccumulateSpec (linearGradientScaleSpec a c) (linearGradientScaleSpec b c) := by
  refine ext₂ fun i j => ?_
  unfold linearGradientScaleSpec linearGradientAccumulateSpec
  rw [get₂_scaleSpec, get₂_addSpec, get₂_addSpec, get₂_scaleSpec, get₂_scaleSpec, add_mul]

end Semiring

end Spec
