import NN.Spec.Layers.LinearDerivatives

/-!
# Batches

A batch is its examples, one by one. This holds by definition, for any scalar, rounded ones included: the batched
forward pass is the forward pass of every row, and the batched derivative accumulates the backward passes of the
examples in their order, from zero.

Main results: `Spec.get_linearBatchedSpec`, `Spec.batchLinearDerivSpec_weights`, `Spec.batchLinearDerivSpec_bias`,
`Spec.batchLinearDerivSpec_input`, `Spec.batchLinearDerivSpec_gradient`.
-/

namespace Spec

open Laws Tensor

variable {α : Type} {batch inDim outDim : Nat}

/-- The vector of zeros. -/
def zeros (α : Type) [Zero α] (n : Nat) : Vec α n := ofFn₁ fun _ => 0

/-- The matrix of zeros. -/
def zeros₂ (α : Type) [Zero α] (m n : Nat) : Mat α m n := ofFn₂ fun _ _ => 0

/-- Adding matrices one after another adds their elements one after another. -/
theorem get₂_foldl_addSpec [Add α] [Zero α] (n : Nat) (f : Fin n → Mat α outDim inDim) (i : Fin outDim)
    (j : Fin inDim) :
    (Fin.foldl n (fun acc l => addSpec acc (f l)) (zeros₂ α outDim inDim)).get₂ i j =
      sumFin n fun l => (f l).get₂ i j := by
  induction n with
  | zero => rw [Fin.foldl_zero, sumFin_zero]; rfl
  | succ n ih => rw [Fin.foldl_succ_last, get₂_addSpec, ih fun l => f l.castSucc, sumFin_succ]

/-- Adding vectors one after another adds their elements one after another. -/
theorem get₁_foldl_addSpec [Add α] [Zero α] (n : Nat) (f : Fin n → Vec α outDim) (i : Fin outDim) :
    (Fin.foldl n (fun acc l => addSpec acc (f l)) (zeros α outDim)).get₁ i = sumFin n fun l => (f l).get₁ i := by
  induction n with
  | zero => rw [Fin.foldl_zero, sumFin_zero]; rfl
  | succ n ih => rw [Fin.foldl_succ_last, get₁_addSpec, ih fun l => f l.castSucc, sumFin_succ]

section AnyScalar

variable [Add α] [Mul α] [Zero α]

/-- Row `b` of the batched forward pass is the forward pass of row `b`. -/
theorem get_linearBatchedSpec (m : LinearSpec α inDim outDim) (x : Mat α batch inDim) (b : Fin batch) :
    (linearBatchedSpec m x).get b = linearSpec m (x.get b) := rfl

/-- `dW` of a batch accumulates the `dW` of its examples. -/
theorem batchLinearDerivSpec_weights (layer : LinearSpec α inDim outDim) (x : Mat α (batch + 1) inDim)
    (g : Mat α (batch + 1) outDim) :
    (batchLinearDerivSpec layer.weights x g).1 =
      Fin.foldl (batch + 1)
        (fun acc b => linearGradientAccumulateSpec acc (linearBackwardSpec layer (x.get b) (g.get b)).1)
        (zeros₂ α outDim inDim) :=
  ext₂ fun i j =>
    (get₂_foldl_addSpec _ (fun b => (linearBackwardSpec layer (x.get b) (g.get b)).1) i j).symm

/-- `db` of a batch accumulates the `db` of its examples. -/
theorem batchLinearDerivSpec_bias (layer : LinearSpec α inDim outDim) (x : Mat α (batch + 1) inDim)
    (g : Mat α (batch + 1) outDim) :
    (batchLinearDerivSpec layer.weights x g).2.1 =
      Fin.foldl (batch + 1) (fun acc b => addSpec acc (linearBackwardSpec layer (x.get b) (g.get b)).2.1)
        (zeros α outDim) :=
  ext₁ fun i => (get₁_foldl_addSpec _ (fun b => (linearBackwardSpec layer (x.get b) (g.get b)).2.1) i).symm

/-- Row `b` of the `dx` of a batch is the `dx` of example `b`. -/
theorem batchLinearDerivSpec_input (layer : LinearSpec α inDim outDim) (x : Mat α (batch + 1) inDim)
    (g : Mat α (batch + 1) outDim) (b : Fin (batch + 1)) :
    (batchLinearDerivSpec layer.weights x g).2.2.get b =
      (linearBackwardSpec layer (x.get b) (g.get b)).2.2 := rfl

end AnyScalar

section Semiring

variable [Add α] [Mul α] [Zero α] [CommSemiringLaws α]

/-- The batched forward pass is `X Wᵀ` with the bias added to every row. -/
theorem get₂_linearBatchedSpec (m : LinearSpec α inDim outDim) (x : Mat α batch inDim) (b : Fin batch)
    (i : Fin outDim) :
    (linearBatchedSpec m x).get₂ b i =
      (matMulSpec x (matTransposeSpec m.weights)).get₂ b i + m.bias.get₁ i := by
  show (linearSpec m (x.get b)).get₁ i = _
  rw [get₁_linearSpec, get₂_matMulSpec]
  exact congrArg (· + m.bias.get₁ i) (sumFin_congr fun j => mul_comm _ _)

/-- The inner product with an accumulated gradient is the sum of the inner products. -/
theorem innerProduct₂_sum (n : Nat) (f : Fin n → Mat α outDim inDim) (a v : Mat α outDim inDim)
    (ha : ∀ i j, a.get₂ i j = sumFin n fun l => (f l).get₂ i j) :
    innerProduct₂ a v = sumFin n fun l => innerProduct₂ (f l) v := by
  show _ = sumFin n fun l => sumFin outDim fun i => sumFin inDim fun j => (f l).get₂ i j * v.get₂ i j
  rw [sumFin_comm]
  refine sumFin_congr fun i => ?_
  rw [sumFin_comm]
  exact sumFin_congr fun j => by rw [ha, sumFin_mul]

/-- The batched derivative is the gradient of `Σ_b ⟨g_b, y_b⟩` in the weights:
`Σ_b ⟨g_b, V x_b⟩ = ⟨dW, V⟩`, where `V x_b` is the exact change of the output `y_b` when `V` is added to `W`
(`Spec.linearSpec_sub_weights`). -/
theorem batchLinearDerivSpec_gradient (w v : Mat α outDim inDim) (x : Mat α (batch + 1) inDim)
    (g : Mat α (batch + 1) outDim) :
    (sumFin (batch + 1) fun b => innerProduct (g.get b) (matVecMulSpec v (x.get b))) =
      innerProduct₂ (batchLinearDerivSpec w x g).1 v := by
  rw [innerProduct₂_sum (batch + 1) (fun b => linearWeightsDerivSpec (x.get b) (g.get b))
    (batchLinearDerivSpec w x g).1 v fun i j => rfl]
  exact sumFin_congr fun b => linearWeightsDerivSpec_adjoint _ _ _

end Semiring

end Spec
