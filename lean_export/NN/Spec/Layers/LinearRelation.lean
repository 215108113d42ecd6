import NN.Spec.Core.Relation
import NN.Spec.Layers.Linear

/-!
# Two readings of the linear layer

Every definition of the layer keeps every relation that `+`, `*` and `0` keep: on related inputs, under the one
reading and under the other, it gives related outputs.

Main definitions: `Spec.LinearSpec.map`, `Spec.LinearSpec.Related`, `Spec.RelatedGradients`.
Main results: `Spec.related_linearSpec` and one such theorem for each definition.
-/

namespace Spec

open Tensor

variable {α β γ : Type} {batch inDim outDim : Nat}

/-- The layer with `f` applied to every parameter. -/
def LinearSpec.map (f : α → β) (m : LinearSpec α inDim outDim) : LinearSpec β inDim outDim :=
  ⟨m.weights.map f, m.bias.map f⟩

/-- The parameters of the two layers are related. -/
structure LinearSpec.Related (R : α → β → Prop) (m : LinearSpec α inDim outDim) (m' : LinearSpec β inDim outDim) :
    Prop where
  weights : Tensor.Related R m.weights m'.weights
  bias : Tensor.Related R m.bias m'.bias

/-- Two readings of one layer are related when the two readings of every scalar are. -/
theorem LinearSpec.related_map {R : α → β → Prop} (f : γ → α) (g : γ → β) (h : ∀ x, R (f x) (g x))
    (m : LinearSpec γ inDim outDim) : LinearSpec.Related R (m.map f) (m.map g) :=
  ⟨Tensor.related_map f g h _, Tensor.related_map f g h _⟩

/-- Related parameters have related readings when related scalars do. -/
theorem LinearSpec.Related.map {α' β' : Type} {R : α → β → Prop} {R' : α' → β' → Prop} (f : α → α') (g : β → β')
    (h : ∀ x y, R x y → R' (f x) (g y)) {m : LinearSpec α inDim outDim} {m' : LinearSpec β inDim outDim}
    (hm : LinearSpec.Related R m m') : LinearSpec.Related R' (m.map f) (m'.map g) :=
  ⟨hm.weights.map f g h, hm.bias.map f g h⟩

/-- The gradients `(dW, db, dx)` are related, part by part. -/
structure RelatedGradients (R : α → β → Prop) {sW sb sx : Shape} (a : Tensor α sW × Tensor α sb × Tensor α sx)
    (b : Tensor β sW × Tensor β sb × Tensor β sx) : Prop where
  weights : Tensor.Related R a.1 b.1
  bias : Tensor.Related R a.2.1 b.2.1
  input : Tensor.Related R a.2.2 b.2.2

section Relation

variable [Add α] [Mul α] [Zero α] [Add β] [Mul β] [Zero β] {R : α → β → Prop}
  {m : LinearSpec α inDim outDim} {m' : LinearSpec β inDim outDim} {x : Vec α inDim} {x' : Vec β inDim}
  {g : Vec α outDim} {g' : Vec β outDim} {w v : Mat α outDim inDim} {w' v' : Mat β outDim inDim}

/-- `linear`: related inputs give related outputs. -/
theorem related_linearSpec (h : RespectsArithmetic R) (hm : LinearSpec.Related R m m')
    (hx : Tensor.Related R x x') : Tensor.Related R (linearSpec m x) (linearSpec m' x') :=
  related_addSpec h (related_matVecMulSpec h hm.weights hx) hm.bias

/-- `linear_batched`: related inputs give related outputs. -/
theorem related_linearBatchedSpec (h : RespectsArithmetic R) {x : Mat α batch inDim} {x' : Mat β batch inDim}
    (hm : LinearSpec.Related R m m') (hx : Tensor.Related R x x') :
    Tensor.Related R (linearBatchedSpec m x) (linearBatchedSpec m' x') :=
  fun b => related_linearSpec h hm (hx.get b)

/-- `linear_weights_deriv`: related inputs give related outputs. -/
theorem related_linearWeightsDerivSpec (h : RespectsArithmetic R) (hx : Tensor.Related R x x')
    (hg : Tensor.Related R g g') :
    Tensor.Related R (linearWeightsDerivSpec x g) (linearWeightsDerivSpec x' g') :=
  related_outerProductSpec h hg hx

omit [Add α] [Mul α] [Zero α] [Add β] [Mul β] [Zero β] in
/-- `linear_bias_deriv`: related inputs give related outputs. -/
theorem related_linearBiasDerivSpec (hg : Tensor.Related R g g') :
    Tensor.Related R (linearBiasDerivSpec w g x) (linearBiasDerivSpec w' g' x') := hg

/-- `linear_input_deriv`: related inputs give related outputs. -/
theorem related_linearInputDerivSpec (h : RespectsArithmetic R) (hw : Tensor.Related R w w')
    (hg : Tensor.Related R g g') : Tensor.Related R (linearInputDerivSpec w g) (linearInputDerivSpec w' g') :=
  related_vecMatMulSpec h hg hw

/-- `batch_linear_deriv`: related inputs give related outputs. -/
theorem related_batchLinearDerivSpec (h : RespectsArithmetic R) {x : Mat α (batch + 1) inDim}
    {x' : Mat β (batch + 1) inDim} {g : Mat α (batch + 1) outDim} {g' : Mat β (batch + 1) outDim}
    (hw : Tensor.Related R w w') (hx : Tensor.Related R x x') (hg : Tensor.Related R g g') :
    RelatedGradients R (batchLinearDerivSpec w x g) (batchLinearDerivSpec w' x' g') where
  weights := related_matMulSpec h (related_matTransposeSpec hg) hx
  bias := related_sumFirstAxisSpec h hg
  input := related_matMulSpec h hg hw

/-- `linear_backward`: related inputs give related outputs. -/
theorem related_linearBackwardSpec (h : RespectsArithmetic R) (hm : LinearSpec.Related R m m')
    (hx : Tensor.Related R x x') (hg : Tensor.Related R g g') :
    RelatedGradients R (linearBackwardSpec m x g) (linearBackwardSpec m' x' g') where
  weights := related_linearWeightsDerivSpec h hx hg
  bias := hg
  input := related_linearInputDerivSpec h hm.weights hg

/-- `linear_gradient_accumulate`: related inputs give related outputs. -/
theorem related_linearGradientAccumulateSpec (h : RespectsArithmetic R) (hw : Tensor.Related R w w')
    (hv : Tensor.Related R v v') :
    Tensor.Related R (linearGradientAccumulateSpec w v) (linearGradientAccumulateSpec w' v') :=
  related_addSpec h hw hv

/-- `linear_gradient_scale`: related inputs give related outputs. -/
theorem related_linearGradientScaleSpec (h : RespectsArithmetic R) {c : α} {c' : β} (hw : Tensor.Related R w w')
    (hc : R c c') : Tensor.Related R (linearGradientScaleSpec w c) (linearGradientScaleSpec w' c') :=
  related_scaleSpec h hc hw

end Relation

end Spec
