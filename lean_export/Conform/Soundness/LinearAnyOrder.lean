import Conform.Soundness.AnyOrder
import NN.Spec.Layers.LinearElements

/-!
# The linear layer in any order of summation

The outputs of the layer that are sums, computed by any tree over their terms in any order, with products rounded or
fused into the additions: each is within the bound that the trace of the spec gives. The other operations (the
weight and bias derivative of one example, accumulate, scale) do at most one operation for each element, so they
have no order. The inputs are of any type `γ`, and `v` gives each its number.

Main results: `Conform.Soundness.linearSpec_anyOrder`, `Conform.Soundness.linearBatchedSpec_anyOrder`,
`Conform.Soundness.linearInputDerivSpec_anyOrder`, `Conform.Soundness.batchLinearDerivSpec_weights_anyOrder`,
`Conform.Soundness.batchLinearDerivSpec_bias_anyOrder`, `Conform.Soundness.batchLinearDerivSpec_input_anyOrder`.
-/

namespace Conform.Soundness

open Spec Spec.Tensor Tree

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [OrderedRingLaws K] {u η y : K}
  {n batch inDim outDim : Nat} {γ : Type} {v : γ → K}

/-- An input of the traced run. -/
def traceOf (v : γ → K) (c : γ) : Trace K := Trace.input (v c)

/-- A product of two inputs, however it is rounded. -/
theorem approximates_product (hc : Constants u η) {a b : γ} {f : K} (h : IsRounding u η (v a * v b) f) :
    Approximates u η f (traceOf v a * traceOf v b) :=
  (Approximates.input (v a)).mul hc (Approximates.input (v b)) h

/-- A dot product in any order. Each term is the product of two inputs, rounded in some way or not at all. -/
theorem dot_anyOrder (hc : Constants u η) {a b : Fin n → γ} {f : Fin n → K}
    (hf : ∀ j, IsRounding u η (v (a j) * v (b j)) (f j)) {tree : Tree (Fin n)}
    (order : tree.terms.Perm (List.finRange n)) (h : Evaluates (IsRounding u η) f tree y) :
    abs (y - sumFin n fun j => v (a j) * v (b j)) ≤
      (sumFin n fun j => traceOf v (a j) * traceOf v (b j)).bound u η := by
  have := (sum_error (d := 1) hc (fun j => approximates_product hc (hf j)) (fun _ => rfl) order h).error
  rwa [value_sumFin] at this

/-- A dot product and a bias in any order. -/
theorem affine_anyOrder (hc : Constants u η) {a b : Fin n → γ} {bias : γ} {f : Option (Fin n) → K}
    (hf : ∀ j, IsRounding u η (v (a j) * v (b j)) (f (some j))) (hb : f none = v bias)
    {tree : Tree (Option (Fin n))} (order : tree.terms.Perm (withBias n))
    (h : Evaluates (IsRounding u η) f tree y) :
    abs (y - ((sumFin n fun j => v (a j) * v (b j)) + v bias)) ≤
      ((sumFin n fun j => traceOf v (a j) * traceOf v (b j)) + traceOf v bias).bound u η := by
  let t : Option (Fin n) → Trace K
    | some j => traceOf v (a j) * traceOf v (b j)
    | none => traceOf v bias
  have near : ∀ j, Approximates u η (f j) (t j)
    | some j => approximates_product hc (hf j)
    | none => hb ▸ Approximates.input (v bias)
  have := (affine_error hc near (fun _ => rfl) rfl order h).error
  have value : (sumFin n (fun j => t (some j)) + t none).value = (sumFin n fun j => v (a j) * v (b j)) + v bias := by
    show (sumFin n fun j => t (some j)).value + v bias = _
    rw [value_sumFin]
    rfl
  rwa [value] at this

/-- `linear`: products and bias added in any order. -/
theorem linearSpec_anyOrder (hc : Constants u η) (m : LinearSpec γ inDim outDim) (x : Vec γ inDim) (i : Fin outDim)
    {f : Option (Fin inDim) → K} (hf : ∀ j, IsRounding u η (v (m.weights.get₂ i j) * v (x.get₁ j)) (f (some j)))
    (hb : f none = v (m.bias.get₁ i)) {tree : Tree (Option (Fin inDim))}
    (order : tree.terms.Perm (withBias inDim)) (h : Evaluates (IsRounding u η) f tree y) :
    abs (y - (linearSpec (m.map v) (x.map v)).get₁ i) ≤
      ((linearSpec (m.map (traceOf v)) (x.map (traceOf v))).get₁ i).bound u η := by
  rw [get₁_linearSpec_map, get₁_linearSpec_map]
  exact affine_anyOrder hc hf hb order h

/-- `linear_batched`: products and bias of a row added in any order. -/
theorem linearBatchedSpec_anyOrder (hc : Constants u η) (m : LinearSpec γ inDim outDim) (x : Mat γ batch inDim)
    (b : Fin batch) (i : Fin outDim) {f : Option (Fin inDim) → K}
    (hf : ∀ j, IsRounding u η (v (m.weights.get₂ i j) * v (x.get₂ b j)) (f (some j)))
    (hb : f none = v (m.bias.get₁ i)) {tree : Tree (Option (Fin inDim))}
    (order : tree.terms.Perm (withBias inDim)) (h : Evaluates (IsRounding u η) f tree y) :
    abs (y - (linearBatchedSpec (m.map v) (x.map v)).get₂ b i) ≤
      ((linearBatchedSpec (m.map (traceOf v)) (x.map (traceOf v))).get₂ b i).bound u η := by
  rw [get₂_linearBatchedSpec_map, get₂_linearBatchedSpec_map]
  exact affine_anyOrder hc hf hb order h

/-- `linear_input_deriv`, and the `dx` of `linear_backward`: products added in any order. -/
theorem linearInputDerivSpec_anyOrder (hc : Constants u η) (w : Mat γ outDim inDim) (g : Vec γ outDim)
    (j : Fin inDim) {f : Fin outDim → K} (hf : ∀ i, IsRounding u η (v (g.get₁ i) * v (w.get₂ i j)) (f i))
    {tree : Tree (Fin outDim)} (order : tree.terms.Perm (List.finRange outDim))
    (h : Evaluates (IsRounding u η) f tree y) :
    abs (y - (linearInputDerivSpec (w.map v) (g.map v)).get₁ j) ≤
      ((linearInputDerivSpec (w.map (traceOf v)) (g.map (traceOf v))).get₁ j).bound u η := by
  rw [get₁_linearInputDerivSpec_map, get₁_linearInputDerivSpec_map]
  exact dot_anyOrder hc hf order h

section Batch

variable (w : Mat γ outDim inDim) (x : Mat γ (batch + 1) inDim) (g : Mat γ (batch + 1) outDim)

/-- The batched derivative, traced. -/
def batchTraces (v : γ → K) := batchLinearDerivSpec (w.map (traceOf v)) (x.map (traceOf v)) (g.map (traceOf v))

/-- `batch_linear_deriv`, `dW`: products of the examples added in any order. -/
theorem batchLinearDerivSpec_weights_anyOrder (hc : Constants u η) (i : Fin outDim) (j : Fin inDim)
    {f : Fin (batch + 1) → K} (hf : ∀ b, IsRounding u η (v (g.get₂ b i) * v (x.get₂ b j)) (f b))
    {tree : Tree (Fin (batch + 1))} (order : tree.terms.Perm (List.finRange (batch + 1)))
    (h : Evaluates (IsRounding u η) f tree y) :
    abs (y - (batchLinearDerivSpec (w.map v) (x.map v) (g.map v)).1.get₂ i j) ≤
      ((batchTraces w x g v).1.get₂ i j).bound u η := by
  unfold batchTraces
  rw [get₂_batchLinearDerivSpec_weights_map, get₂_batchLinearDerivSpec_weights_map]
  exact dot_anyOrder hc hf order h

/-- `batch_linear_deriv`, `db`: output gradients of the examples added in any order. -/
theorem batchLinearDerivSpec_bias_anyOrder (hc : Constants u η) (i : Fin outDim) {tree : Tree (Fin (batch + 1))}
    (order : tree.terms.Perm (List.finRange (batch + 1)))
    (h : Evaluates (IsRounding u η) (fun b => v (g.get₂ b i)) tree y) :
    abs (y - (batchLinearDerivSpec (w.map v) (x.map v) (g.map v)).2.1.get₁ i) ≤
      ((batchTraces w x g v).2.1.get₁ i).bound u η := by
  have := (sum_error (d := 0) hc (fun b => Approximates.input (v (g.get₂ b i))) (fun _ => rfl) order h).error
  rw [value_sumFin] at this
  unfold batchTraces
  rw [get₁_batchLinearDerivSpec_bias_map, get₁_batchLinearDerivSpec_bias_map]
  exact this

/-- `batch_linear_deriv`, `dx`: products added in any order. -/
theorem batchLinearDerivSpec_input_anyOrder (hc : Constants u η) (b : Fin (batch + 1)) (j : Fin inDim)
    {f : Fin outDim → K} (hf : ∀ i, IsRounding u η (v (g.get₂ b i) * v (w.get₂ i j)) (f i))
    {tree : Tree (Fin outDim)} (order : tree.terms.Perm (List.finRange outDim))
    (h : Evaluates (IsRounding u η) f tree y) :
    abs (y - (batchLinearDerivSpec (w.map v) (x.map v) (g.map v)).2.2.get₂ b j) ≤
      ((batchTraces w x g v).2.2.get₂ b j).bound u η := by
  unfold batchTraces
  rw [get₂_batchLinearDerivSpec_input_map, get₂_batchLinearDerivSpec_input_map]
  exact dot_anyOrder hc hf order h

end Batch

end Conform.Soundness
