import Conform.Soundness.ExactAnyOrder
import NN.Spec.Layers.LinearElements

/-!
# The linear layer is exact in any order of summation

The outputs of the layer that are sums, computed by any tree over their terms in any order, with products rounded or
fused into the additions: where the grid that the spec gives meets the condition of the exact tier, each is the exact
value. The inputs are of any type `γ`; `v` gives each its number and `q` a quantum, as `Conform.Traced.quantumOf`
does.

Main results: `Conform.Soundness.linearSpec_exact_anyOrder`, `Conform.Soundness.linearBatchedSpec_exact_anyOrder`,
`Conform.Soundness.linearInputDerivSpec_exact_anyOrder`,
`Conform.Soundness.batchLinearDerivSpec_weights_exact_anyOrder`,
`Conform.Soundness.batchLinearDerivSpec_bias_exact_anyOrder`,
`Conform.Soundness.batchLinearDerivSpec_input_exact_anyOrder`.
-/

namespace Conform.Soundness

open Spec Spec.Tensor Tree

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K] [BinaryLaws K]
  {F : Format K} {y : K} {n batch inDim outDim : Nat} {γ : Type} {v : γ → K} {q : γ → Option Int}

/-- An input on the grid of its own quantum. -/
def gridOf (v : γ → K) (q : γ → Option Int) (c : γ) : Grid K := Grid.input (v c) (q c)

/-- A product of two inputs, however numbers outside the format are rounded. -/
theorem exactly_product (hq : ∀ c, IsQuantum (v c) (q c)) {a b : γ} {f : K} (h : F.Rounds (v a * v b) f) :
    Exactly F f (gridOf v q a * gridOf v q b) :=
  (Exactly.ofInput (hq a)).mul (Exactly.ofInput (hq b)) h

/-- A dot product in any order is exact where its grid fits. -/
theorem dot_exact_anyOrder (hq : ∀ c, IsQuantum (v c) (q c)) {a b : Fin n → γ} {f : Fin n → K}
    (hf : ∀ j, F.Rounds (v (a j) * v (b j)) (f j))
    (fits : (sumFin n fun j => gridOf v q (a j) * gridOf v q (b j)).Fits F) {tree : Tree (Fin n)}
    (order : tree.terms.Perm (List.finRange n)) (h : Evaluates F.Rounds f tree y) :
    y = sumFin n fun j => v (a j) * v (b j) :=
  sum_exact (fun j => exactly_product hq (hf j)) fits order h

/-- A dot product and a bias in any order are exact where their grid fits. -/
theorem affine_exact_anyOrder (hq : ∀ c, IsQuantum (v c) (q c)) {a b : Fin n → γ} {bias : γ}
    {f : Option (Fin n) → K} (hf : ∀ j, F.Rounds (v (a j) * v (b j)) (f (some j))) (hb : f none = v bias)
    (fits : ((sumFin n fun j => gridOf v q (a j) * gridOf v q (b j)) + gridOf v q bias).Fits F)
    {tree : Tree (Option (Fin n))} (order : tree.terms.Perm (withBias n)) (h : Evaluates F.Rounds f tree y) :
    y = (sumFin n fun j => v (a j) * v (b j)) + v bias := by
  let g : Option (Fin n) → Grid K
    | some j => gridOf v q (a j) * gridOf v q (b j)
    | none => gridOf v q bias
  have near : ∀ j, Exactly F (f j) (g j)
    | some j => exactly_product hq (hf j)
    | none => hb ▸ Exactly.ofInput (hq bias)
  exact affine_exact near fits order h

/-- `linear`: products and bias added in any order. -/
theorem linearSpec_exact_anyOrder (hq : ∀ c, IsQuantum (v c) (q c)) (m : LinearSpec γ inDim outDim)
    (x : Vec γ inDim) (i : Fin outDim) {f : Option (Fin inDim) → K}
    (hf : ∀ j, F.Rounds (v (m.weights.get₂ i j) * v (x.get₁ j)) (f (some j))) (hb : f none = v (m.bias.get₁ i))
    (fits : ((linearSpec (m.map (gridOf v q)) (x.map (gridOf v q))).get₁ i).Fits F)
    {tree : Tree (Option (Fin inDim))} (order : tree.terms.Perm (withBias inDim))
    (h : Evaluates F.Rounds f tree y) : y = (linearSpec (m.map v) (x.map v)).get₁ i := by
  rw [get₁_linearSpec_map] at fits ⊢
  exact affine_exact_anyOrder hq hf hb fits order h

/-- `linear_batched`: products and bias of a row added in any order. -/
theorem linearBatchedSpec_exact_anyOrder (hq : ∀ c, IsQuantum (v c) (q c)) (m : LinearSpec γ inDim outDim)
    (x : Mat γ batch inDim) (b : Fin batch) (i : Fin outDim) {f : Option (Fin inDim) → K}
    (hf : ∀ j, F.Rounds (v (m.weights.get₂ i j) * v (x.get₂ b j)) (f (some j))) (hb : f none = v (m.bias.get₁ i))
    (fits : ((linearBatchedSpec (m.map (gridOf v q)) (x.map (gridOf v q))).get₂ b i).Fits F)
    {tree : Tree (Option (Fin inDim))} (order : tree.terms.Perm (withBias inDim))
    (h : Evaluates F.Rounds f tree y) : y = (linearBatchedSpec (m.map v) (x.map v)).get₂ b i := by
  rw [get₂_linearBatchedSpec_map] at fits ⊢
  exact affine_exact_anyOrder hq hf hb fits order h

/-- `linear_input_deriv`, and the `dx` of `linear_backward`: products added in any order. -/
theorem linearInputDerivSpec_exact_anyOrder (hq : ∀ c, IsQuantum (v c) (q c)) (w : Mat γ outDim inDim)
    (g : Vec γ outDim) (j : Fin inDim) {f : Fin outDim → K}
    (hf : ∀ i, F.Rounds (v (g.get₁ i) * v (w.get₂ i j)) (f i))
    (fits : ((linearInputDerivSpec (w.map (gridOf v q)) (g.map (gridOf v q))).get₁ j).Fits F)
    {tree : Tree (Fin outDim)} (order : tree.terms.Perm (List.finRange outDim))
    (h : Evaluates F.Rounds f tree y) : y = (linearInputDerivSpec (w.map v) (g.map v)).get₁ j := by
  rw [get₁_linearInputDerivSpec_map] at fits ⊢
  exact dot_exact_anyOrder hq hf fits order h

section Batch

variable (w : Mat γ outDim inDim) (x : Mat γ (batch + 1) inDim) (g : Mat γ (batch + 1) outDim)

/-- The batched derivative on grids. -/
def batchGrids (v : γ → K) (q : γ → Option Int) :=
  batchLinearDerivSpec (w.map (gridOf v q)) (x.map (gridOf v q)) (g.map (gridOf v q))

/-- `batch_linear_deriv`, `dW`: products of the examples added in any order. -/
theorem batchLinearDerivSpec_weights_exact_anyOrder (hq : ∀ c, IsQuantum (v c) (q c)) (i : Fin outDim)
    (j : Fin inDim) {f : Fin (batch + 1) → K} (hf : ∀ b, F.Rounds (v (g.get₂ b i) * v (x.get₂ b j)) (f b))
    (fits : ((batchGrids w x g v q).1.get₂ i j).Fits F) {tree : Tree (Fin (batch + 1))}
    (order : tree.terms.Perm (List.finRange (batch + 1))) (h : Evaluates F.Rounds f tree y) :
    y = (batchLinearDerivSpec (w.map v) (x.map v) (g.map v)).1.get₂ i j := by
  unfold batchGrids at fits
  rw [get₂_batchLinearDerivSpec_weights_map] at fits ⊢
  exact dot_exact_anyOrder hq hf fits order h

/-- `batch_linear_deriv`, `db`: output gradients of the examples added in any order. -/
theorem batchLinearDerivSpec_bias_exact_anyOrder (hq : ∀ c, IsQuantum (v c) (q c)) (i : Fin outDim)
    (fits : ((batchGrids w x g v q).2.1.get₁ i).Fits F) {tree : Tree (Fin (batch + 1))}
    (order : tree.terms.Perm (List.finRange (batch + 1))) (h : Evaluates F.Rounds (fun b => v (g.get₂ b i)) tree y) :
    y = (batchLinearDerivSpec (w.map v) (x.map v) (g.map v)).2.1.get₁ i := by
  unfold batchGrids at fits
  rw [get₁_batchLinearDerivSpec_bias_map] at fits ⊢
  exact sum_exact (fun b => Exactly.ofInput (hq (g.get₂ b i))) fits order h

/-- `batch_linear_deriv`, `dx`: products added in any order. -/
theorem batchLinearDerivSpec_input_exact_anyOrder (hq : ∀ c, IsQuantum (v c) (q c)) (b : Fin (batch + 1))
    (j : Fin inDim) {f : Fin outDim → K} (hf : ∀ i, F.Rounds (v (g.get₂ b i) * v (w.get₂ i j)) (f i))
    (fits : ((batchGrids w x g v q).2.2.get₂ b j).Fits F) {tree : Tree (Fin outDim)}
    (order : tree.terms.Perm (List.finRange outDim)) (h : Evaluates F.Rounds f tree y) :
    y = (batchLinearDerivSpec (w.map v) (x.map v) (g.map v)).2.2.get₂ b j := by
  unfold batchGrids at fits
  rw [get₂_batchLinearDerivSpec_input_map] at fits ⊢
  exact dot_exact_anyOrder hq hf fits order h

end Batch

end Conform.Soundness
