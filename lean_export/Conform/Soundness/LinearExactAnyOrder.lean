import Conform.Soundness.ExactAnyOrder
import NN.Spec.Layers.LinearProperties
import NN.Spec.Layers.LinearRelation

/-!
# The linear layer is exact in any order of summation

The outputs of the layer that are sums, computed by any tree over their terms in any order, with products rounded or
fused into the additions: where the grid that the spec gives meets the condition of the exact tier, each is the exact
value. `q` gives each input a quantum, as `Conform.Traced.quantumOf` does.

Main results: `Conform.Soundness.linearSpec_exact_anyOrder`, `Conform.Soundness.linearBatchedSpec_exact_anyOrder`,
`Conform.Soundness.linearInputDerivSpec_exact_anyOrder`, `Conform.Soundness.batchLinearDerivSpec_exact_anyOrder`.
-/

namespace Conform.Soundness

open Spec Spec.Tensor Tree

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K] [BinaryLaws K]
  {F : Format K} {y : K} {n batch inDim outDim : Nat} {q : K → Option Int}

/-- An input on the grid of its own quantum. -/
def gridOf (q : K → Option Int) (x : K) : Grid K := Grid.input x (q x)

theorem exactly_product (hq : ∀ x, IsQuantum x (q x)) {a b f : K} (h : F.Rounds (a * b) f) :
    Exactly F f (gridOf q a * gridOf q b) :=
  (Exactly.ofInput (hq a)).mul (Exactly.ofInput (hq b)) h

/-- A dot product in any order is exact where its grid fits. -/
theorem dot_exact_anyOrder (hq : ∀ x, IsQuantum x (q x)) {a b f : Fin n → K} (hf : ∀ j, F.Rounds (a j * b j) (f j))
    (fits : (sumFin n fun j => gridOf q (a j) * gridOf q (b j)).Fits F) {tree : Tree (Fin n)}
    (order : tree.terms.Perm (List.finRange n)) (h : Evaluates F.Rounds f tree y) :
    y = sumFin n fun j => a j * b j :=
  sum_exact (fun j => exactly_product hq (hf j)) fits order h

/-- `linear`: products and bias added in any order. -/
theorem linearSpec_exact_anyOrder (hq : ∀ x, IsQuantum x (q x)) (m : LinearSpec K inDim outDim) (x : Vec K inDim)
    (i : Fin outDim) {f : Option (Fin inDim) → K}
    (hf : ∀ j, F.Rounds (m.weights.get₂ i j * x.get₁ j) (f (some j))) (hb : f none = m.bias.get₁ i)
    (fits : ((linearSpec (m.map (gridOf q)) (x.map (gridOf q))).get₁ i).Fits F) {tree : Tree (Option (Fin inDim))}
    (order : tree.terms.Perm (withBias inDim)) (h : Evaluates F.Rounds f tree y) :
    y = (linearSpec m x).get₁ i := by
  let g : Option (Fin inDim) → Grid K
    | some j => gridOf q (m.weights.get₂ i j) * gridOf q (x.get₁ j)
    | none => gridOf q (m.bias.get₁ i)
  have near : ∀ j, Exactly F (f j) (g j)
    | some j => exactly_product hq (hf j)
    | none => hb ▸ Exactly.ofInput (hq _)
  have grids : (linearSpec (m.map (gridOf q)) (x.map (gridOf q))).get₁ i
      = sumFin inDim (fun j => g (some j)) + g none := by
    rw [get₁_linearSpec]
    show (sumFin inDim fun j => (m.weights.map (gridOf q)).get₂ i j * _) + (m.bias.map (gridOf q)).get₁ i = _
    rw [get₁_map]
    exact congrArg (· + gridOf q (m.bias.get₁ i)) (sumFin_congr fun j => by rw [get₂_map, get₁_map])
  rw [grids] at fits
  rw [get₁_linearSpec]
  exact affine_exact near fits order h

/-- `linear_batched`: products and bias of a row added in any order. -/
theorem linearBatchedSpec_exact_anyOrder (hq : ∀ x, IsQuantum x (q x)) (m : LinearSpec K inDim outDim)
    (x : Mat K batch inDim) (b : Fin batch) (i : Fin outDim) {f : Option (Fin inDim) → K}
    (hf : ∀ j, F.Rounds (m.weights.get₂ i j * x.get₂ b j) (f (some j))) (hb : f none = m.bias.get₁ i)
    (fits : ((linearBatchedSpec (m.map (gridOf q)) (x.map (gridOf q))).get₂ b i).Fits F)
    {tree : Tree (Option (Fin inDim))} (order : tree.terms.Perm (withBias inDim))
    (h : Evaluates F.Rounds f tree y) : y = (linearBatchedSpec m x).get₂ b i := by
  refine linearSpec_exact_anyOrder hq m (x.get b) i hf hb ?_ order h
  rw [← get_map]
  exact fits

/-- `linear_input_deriv`, and the `dx` of `linear_backward`: products added in any order. -/
theorem linearInputDerivSpec_exact_anyOrder (hq : ∀ x, IsQuantum x (q x)) (w : Mat K outDim inDim)
    (g : Vec K outDim) (j : Fin inDim) {f : Fin outDim → K}
    (hf : ∀ i, F.Rounds (g.get₁ i * w.get₂ i j) (f i))
    (fits : ((linearInputDerivSpec (w.map (gridOf q)) (g.map (gridOf q))).get₁ j).Fits F) {tree : Tree (Fin outDim)}
    (order : tree.terms.Perm (List.finRange outDim)) (h : Evaluates F.Rounds f tree y) :
    y = (linearInputDerivSpec w g).get₁ j := by
  have grids : (linearInputDerivSpec (w.map (gridOf q)) (g.map (gridOf q))).get₁ j
      = sumFin outDim fun i => gridOf q (g.get₁ i) * gridOf q (w.get₂ i j) :=
    sumFin_congr fun i => by rw [get₂_map, get₁_map]
  rw [grids] at fits
  exact dot_exact_anyOrder hq hf fits order h

section Batch

variable (w : Mat K outDim inDim) (x : Mat K (batch + 1) inDim) (g : Mat K (batch + 1) outDim)

/-- `batch_linear_deriv`, `dW`: products of the examples added in any order. -/
theorem batchLinearDerivSpec_weights_exact_anyOrder (hq : ∀ x, IsQuantum x (q x)) (i : Fin outDim) (j : Fin inDim)
    {f : Fin (batch + 1) → K} (hf : ∀ b, F.Rounds (g.get₂ b i * x.get₂ b j) (f b))
    (fits : ((batchLinearDerivSpec (w.map (gridOf q)) (x.map (gridOf q)) (g.map (gridOf q))).1.get₂ i j).Fits F)
    {tree : Tree (Fin (batch + 1))} (order : tree.terms.Perm (List.finRange (batch + 1)))
    (h : Evaluates F.Rounds f tree y) : y = (batchLinearDerivSpec w x g).1.get₂ i j := by
  have grids : (batchLinearDerivSpec (w.map (gridOf q)) (x.map (gridOf q)) (g.map (gridOf q))).1.get₂ i j
      = sumFin (batch + 1) fun b => gridOf q (g.get₂ b i) * gridOf q (x.get₂ b j) :=
    sumFin_congr fun b => by rw [get₂_matTransposeSpec, get₂_map, get₂_map]
  rw [grids] at fits
  exact dot_exact_anyOrder hq hf fits order h

/-- `batch_linear_deriv`, `db`: output gradients of the examples added in any order. -/
theorem batchLinearDerivSpec_bias_exact_anyOrder (hq : ∀ x, IsQuantum x (q x)) (i : Fin outDim)
    (fits : ((batchLinearDerivSpec (w.map (gridOf q)) (x.map (gridOf q)) (g.map (gridOf q))).2.1.get₁ i).Fits F)
    {tree : Tree (Fin (batch + 1))} (order : tree.terms.Perm (List.finRange (batch + 1)))
    (h : Evaluates F.Rounds (fun b => g.get₂ b i) tree y) : y = (batchLinearDerivSpec w x g).2.1.get₁ i := by
  have grids : (batchLinearDerivSpec (w.map (gridOf q)) (x.map (gridOf q)) (g.map (gridOf q))).2.1.get₁ i
      = sumFin (batch + 1) fun b => gridOf q (g.get₂ b i) :=
    sumFin_congr fun b => by rw [get₂_map]
  rw [grids] at fits
  exact sum_exact (fun b => Exactly.ofInput (hq (g.get₂ b i))) fits order h

/-- `batch_linear_deriv`, `dx`: products added in any order. -/
theorem batchLinearDerivSpec_input_exact_anyOrder (hq : ∀ x, IsQuantum x (q x)) (b : Fin (batch + 1))
    (j : Fin inDim) {f : Fin outDim → K} (hf : ∀ i, F.Rounds (g.get₂ b i * w.get₂ i j) (f i))
    (fits : ((batchLinearDerivSpec (w.map (gridOf q)) (x.map (gridOf q)) (g.map (gridOf q))).2.2.get₂ b j).Fits F)
    {tree : Tree (Fin outDim)} (order : tree.terms.Perm (List.finRange outDim)) (h : Evaluates F.Rounds f tree y) :
    y = (batchLinearDerivSpec w x g).2.2.get₂ b j := by
  have grids : (batchLinearDerivSpec (w.map (gridOf q)) (x.map (gridOf q)) (g.map (gridOf q))).2.2.get₂ b j
      = sumFin outDim fun i => gridOf q (g.get₂ b i) * gridOf q (w.get₂ i j) :=
    sumFin_congr fun i => by rw [get₂_map, get₂_map]
  rw [grids] at fits
  exact dot_exact_anyOrder hq hf fits order h

end Batch

end Conform.Soundness
