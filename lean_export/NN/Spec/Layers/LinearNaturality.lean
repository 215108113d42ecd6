import NN.Spec.Layers.LinearRelation

/-!
# Reading the layer through a homomorphism

A map between scalars that keeps `+`, `*` and `0` commutes with every definition of the layer: reading the inputs and
then running the layer is running the layer and then reading the outputs. So the value that a richer scalar carries
along is the value that the plain scalar computes.

Main definitions: `Spec.IsHomomorphism`, `Spec.mapGradients`.
Main results: `Spec.map_linearSpec` and one such theorem for each definition.
-/

namespace Spec

open Tensor

variable {α β : Type} {batch inDim outDim : Nat}

/-- `f` keeps `+`, `*` and `0`. -/
structure IsHomomorphism [Add α] [Mul α] [Zero α] [Add β] [Mul β] [Zero β] (f : α → β) : Prop where
  zero : f 0 = 0
  add : ∀ a b, f (a + b) = f a + f b
  mul : ∀ a b, f (a * b) = f a * f b

/-- `f` applied to every element of `(dW, db, dx)`. -/
def mapGradients (f : α → β) {sW sb sx : Shape} (a : Tensor α sW × Tensor α sb × Tensor α sx) :
    Tensor β sW × Tensor β sb × Tensor β sx :=
  (a.1.map f, a.2.1.map f, a.2.2.map f)

variable [Add α] [Mul α] [Zero α] [Add β] [Mul β] [Zero β] {f : α → β}

/-- The graph of a homomorphism is a relation that the spec keeps. -/
theorem IsHomomorphism.respects (h : IsHomomorphism f) : RespectsArithmetic fun x y => f x = y where
  zero := h.zero
  add := fun ha hb => by rw [h.add, ha, hb]
  mul := fun ha hb => by rw [h.mul, ha, hb]

omit [Add α] [Mul α] [Zero α] [Add β] [Mul β] [Zero β] in
/-- A tensor and its image. -/
theorem related_map_self {s : Shape} (t : Tensor α s) : Tensor.Related (fun x y => f x = y) t (t.map f) :=
  related_self_map f (fun _ => rfl) t

omit [Add α] [Mul α] [Zero α] [Add β] [Mul β] [Zero β] in
/-- A layer and its image. -/
theorem related_map_layer (m : LinearSpec α inDim outDim) : LinearSpec.Related (fun x y => f x = y) m (m.map f) :=
  ⟨related_map_self _, related_map_self _⟩

omit [Add α] [Mul α] [Zero α] [Add β] [Mul β] [Zero β] in
/-- Gradients related by a map are its images. -/
theorem map_eq_of_related {sW sb sx : Shape} {a : Tensor α sW × Tensor α sb × Tensor α sx}
    {b : Tensor β sW × Tensor β sb × Tensor β sx} (h : RelatedGradients (fun x y => f x = y) a b) :
    mapGradients f a = b := by
  unfold mapGradients
  rw [(related_graph f _ _).mp h.weights, (related_graph f _ _).mp h.bias, (related_graph f _ _).mp h.input]

/-- A homomorphism commutes with sums. -/
theorem map_sumFin (h : IsHomomorphism f) {n : Nat} (t : Fin n → α) :
    f (sumFin n t) = sumFin n fun i => f (t i) :=
  related_sumFin h.respects fun _ => rfl

/-- `linear`: reading and then running is running and then reading. -/
theorem map_linearSpec (h : IsHomomorphism f) (m : LinearSpec α inDim outDim) (x : Vec α inDim) :
    (linearSpec m x).map f = linearSpec (m.map f) (x.map f) :=
  (related_graph f _ _).mp (related_linearSpec h.respects (related_map_layer m) (related_map_self x))

/-- `linear_batched`: reading and then running is running and then reading. -/
theorem map_linearBatchedSpec (h : IsHomomorphism f) (m : LinearSpec α inDim outDim) (x : Mat α batch inDim) :
    (linearBatchedSpec m x).map f = linearBatchedSpec (m.map f) (x.map f) :=
  (related_graph f _ _).mp (related_linearBatchedSpec h.respects (related_map_layer m) (related_map_self x))

/-- `linear_weights_deriv`: reading and then running is running and then reading. -/
theorem map_linearWeightsDerivSpec (h : IsHomomorphism f) (x : Vec α inDim) (g : Vec α outDim) :
    (linearWeightsDerivSpec x g).map f = linearWeightsDerivSpec (x.map f) (g.map f) :=
  (related_graph f _ _).mp (related_linearWeightsDerivSpec h.respects (related_map_self x) (related_map_self g))

omit [Add α] [Mul α] [Zero α] [Add β] [Mul β] [Zero β] in
/-- `linear_bias_deriv`: reading and then running is running and then reading. -/
theorem map_linearBiasDerivSpec (w : Mat α outDim inDim) (g : Vec α outDim) (x : Vec α inDim) :
    (linearBiasDerivSpec w g x).map f = linearBiasDerivSpec (w.map f) (g.map f) (x.map f) := rfl

/-- `linear_input_deriv`: reading and then running is running and then reading. -/
theorem map_linearInputDerivSpec (h : IsHomomorphism f) (w : Mat α outDim inDim) (g : Vec α outDim) :
    (linearInputDerivSpec w g).map f = linearInputDerivSpec (w.map f) (g.map f) :=
  (related_graph f _ _).mp (related_linearInputDerivSpec h.respects (related_map_self w) (related_map_self g))

/-- `batch_linear_deriv`: reading and then running is running and then reading. -/
theorem map_batchLinearDerivSpec (h : IsHomomorphism f) (w : Mat α outDim inDim) (x : Mat α (batch + 1) inDim)
    (g : Mat α (batch + 1) outDim) :
    mapGradients f (batchLinearDerivSpec w x g) = batchLinearDerivSpec (w.map f) (x.map f) (g.map f) :=
  map_eq_of_related
    (related_batchLinearDerivSpec h.respects (related_map_self w) (related_map_self x) (related_map_self g))

/-- `linear_backward`: reading and then running is running and then reading. -/
theorem map_linearBackwardSpec (h : IsHomomorphism f) (m : LinearSpec α inDim outDim) (x : Vec α inDim)
    (g : Vec α outDim) :
    mapGradients f (linearBackwardSpec m x g) = linearBackwardSpec (m.map f) (x.map f) (g.map f) :=
  map_eq_of_related
    (related_linearBackwardSpec h.respects (related_map_layer m) (related_map_self x) (related_map_self g))

/-- `linear_gradient_accumulate`: reading and then running is running and then reading. -/
theorem map_linearGradientAccumulateSpec (h : IsHomomorphism f) (a b : Mat α outDim inDim) :
    (linearGradientAccumulateSpec a b).map f = linearGradientAccumulateSpec (a.map f) (b.map f) :=
  (related_graph f _ _).mp
    (related_linearGradientAccumulateSpec h.respects (related_map_self a) (related_map_self b))

/-- `linear_gradient_scale`: reading and then running is running and then reading. -/
theorem map_linearGradientScaleSpec (h : IsHomomorphism f) (a : Mat α outDim inDim) (c : α) :
    (linearGradientScaleSpec a c).map f = linearGradientScaleSpec (a.map f) (f c) :=
  (related_graph f _ _).mp (related_linearGradientScaleSpec h.respects (related_map_self a) rfl)

end Spec
