import NN.Spec.Layers.LinearProperties
import NN.Spec.Layers.LinearRelation

/-!
# The sums that the layer is made of

Each output that is a sum, written out in the elements of the inputs, when the layer is run on a reading `f` of them.

Main results: `Spec.get₁_linearSpec_map` and one such theorem for each sum.
-/

namespace Spec

open Tensor

variable {α γ : Type} [Add α] [Mul α] [Zero α] {batch inDim outDim : Nat} (f : γ → α)

/-- `yᵢ = Σⱼ Wᵢⱼ xⱼ + bᵢ`. -/
theorem get₁_linearSpec_map (m : LinearSpec γ inDim outDim) (x : Vec γ inDim) (i : Fin outDim) :
    (linearSpec (m.map f) (x.map f)).get₁ i =
      (sumFin inDim fun j => f (m.weights.get₂ i j) * f (x.get₁ j)) + f (m.bias.get₁ i) := by
  rw [get₁_linearSpec]
  show (sumFin inDim fun j => (m.weights.map f).get₂ i j * (x.map f).get₁ j) + (m.bias.map f).get₁ i = _
  rw [get₁_map, sumFin_congr fun j => by rw [get₂_map, get₁_map]]

/-- `y_bᵢ = Σⱼ Wᵢⱼ x_bⱼ + bᵢ`. -/
theorem get₂_linearBatchedSpec_map (m : LinearSpec γ inDim outDim) (x : Mat γ batch inDim) (b : Fin batch)
    (i : Fin outDim) :
    (linearBatchedSpec (m.map f) (x.map f)).get₂ b i =
      (sumFin inDim fun j => f (m.weights.get₂ i j) * f (x.get₂ b j)) + f (m.bias.get₁ i) := by
  have := get₁_linearSpec_map f m (x.get b) i
  rw [← get_map] at this
  exact this

/-- `dxⱼ = Σᵢ gᵢ Wᵢⱼ`. -/
theorem get₁_linearInputDerivSpec_map (w : Mat γ outDim inDim) (g : Vec γ outDim) (j : Fin inDim) :
    (linearInputDerivSpec (w.map f) (g.map f)).get₁ j =
      sumFin outDim fun i => f (g.get₁ i) * f (w.get₂ i j) :=
  show (sumFin outDim fun i => (g.map f).get₁ i * (w.map f).get₂ i j) = _ from
    sumFin_congr fun i => by rw [get₂_map, get₁_map]

variable (w : Mat γ outDim inDim) (x : Mat γ (batch + 1) inDim) (g : Mat γ (batch + 1) outDim)

/-- `dWᵢⱼ = Σ_b g_bᵢ x_bⱼ`. -/
theorem get₂_batchLinearDerivSpec_weights_map (i : Fin outDim) (j : Fin inDim) :
    (batchLinearDerivSpec (w.map f) (x.map f) (g.map f)).1.get₂ i j =
      sumFin (batch + 1) fun b => f (g.get₂ b i) * f (x.get₂ b j) :=
  show (sumFin (batch + 1) fun b => (matTransposeSpec (g.map f)).get₂ i b * (x.map f).get₂ b j) = _ from
    sumFin_congr fun b => by rw [get₂_matTransposeSpec, get₂_map, get₂_map]

/-- `dbᵢ = Σ_b g_bᵢ`. -/
theorem get₁_batchLinearDerivSpec_bias_map (i : Fin outDim) :
    (batchLinearDerivSpec (w.map f) (x.map f) (g.map f)).2.1.get₁ i =
      sumFin (batch + 1) fun b => f (g.get₂ b i) :=
  show (sumFin (batch + 1) fun b => (g.map f).get₂ b i) = _ from sumFin_congr fun b => by rw [get₂_map]

/-- `dx_bⱼ = Σᵢ g_bᵢ Wᵢⱼ`. -/
theorem get₂_batchLinearDerivSpec_input_map (b : Fin (batch + 1)) (j : Fin inDim) :
    (batchLinearDerivSpec (w.map f) (x.map f) (g.map f)).2.2.get₂ b j =
      sumFin outDim fun i => f (g.get₂ b i) * f (w.get₂ i j) :=
  show (sumFin outDim fun i => (g.map f).get₂ b i * (w.map f).get₂ i j) = _ from
    sumFin_congr fun i => by rw [get₂_map, get₂_map]

end Spec
