import Conform.Soundness.AnyOrder
import NN.Spec.Layers.LinearProperties
import NN.Spec.Layers.LinearRelation

/-!
# The linear layer in any order of summation

The outputs of the layer that are sums, computed by any tree over their terms in any order, with products rounded or
fused into the additions: each is within the bound that the trace of the spec gives. The other operations (the weight and
bias derivative of one example, accumulate, scale) do at most one operation for each element, so they have no order.

Main results: `Conform.Soundness.linearSpec_anyOrder`, `Conform.Soundness.linearBatchedSpec_anyOrder`,
`Conform.Soundness.linearInputDerivSpec_anyOrder`, `Conform.Soundness.batchLinearDerivSpec_weights_anyOrder`,
`Conform.Soundness.batchLinearDerivSpec_bias_anyOrder`, `Conform.Soundness.batchLinearDerivSpec_input_anyOrder`.
-/

namespace Conform.Soundness

open Spec Spec.Tensor Tree

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [OrderedRingLaws K] {u η y : K}
  {n batch inDim outDim : Nat}

/-- The terms of a dot product: each is the product of two inputs, rounded in some way or not at all. -/
def AreProducts (u η : K) (a b f : Fin n → K) : Prop := ∀ j, IsRounding u η (a j * b j) (f j)

theorem approximates_product (hc : Constants u η) {a b f : K} (h : IsRounding u η (a * b) f) :
    Approximates u η f (Trace.input a * Trace.input b) :=
  (Approximates.input a).mul hc (Approximates.input b) h

/-- A dot product in any order. -/
theorem dot_anyOrder (hc : Constants u η) {a b f : Fin n → K} (hf : AreProducts u η a b f) {tree : Tree (Fin n)}
    (order : tree.terms.Perm (List.finRange n)) (h : Evaluates (IsRounding u η) f tree y) :
    abs (y - sumFin n fun j => a j * b j) ≤ (sumFin n fun j => Trace.input (a j) * Trace.input (b j)).bound u η := by
  have := (sum_error (d := 1) hc (fun j => approximates_product hc (hf j)) (fun _ => rfl) order h).error
  rwa [value_sumFin] at this

/-- `linear`: products and bias added in any order. -/
theorem linearSpec_anyOrder (hc : Constants u η) (m : LinearSpec K inDim outDim) (x : Vec K inDim) (i : Fin outDim)
    {f : Option (Fin inDim) → K} (hf : AreProducts u η (m.weights.get₂ i) x.get₁ fun j => f (some j))
    (hb : f none = m.bias.get₁ i) {tree : Tree (Option (Fin inDim))} (order : tree.terms.Perm (withBias inDim))
    (h : Evaluates (IsRounding u η) f tree y) :
    abs (y - (linearSpec m x).get₁ i) ≤
      ((linearSpec (m.map Trace.input) (x.map Trace.input)).get₁ i).bound u η := by
  let t : Option (Fin inDim) → Trace K
    | some j => Trace.input (m.weights.get₂ i j) * Trace.input (x.get₁ j)
    | none => Trace.input (m.bias.get₁ i)
  have near : ∀ j, Approximates u η (f j) (t j)
    | some j => approximates_product hc (hf j)
    | none => hb ▸ Approximates.input _
  have traced : (linearSpec (m.map Trace.input) (x.map Trace.input)).get₁ i
      = sumFin inDim (fun j => t (some j)) + t none := by
    rw [get₁_linearSpec]
    show (sumFin inDim fun j => (m.weights.map Trace.input).get₂ i j * _) + (m.bias.map Trace.input).get₁ i = _
    rw [get₁_map]
    exact congrArg (· + _) (sumFin_congr fun j => by rw [get₂_map, get₁_map])
  have := (affine_error hc near (fun _ => rfl) rfl order h).error
  have value : (sumFin inDim (fun j => t (some j)) + t none).value = (linearSpec m x).get₁ i := by
    rw [get₁_linearSpec]
    show (sumFin inDim fun j => t (some j)).value + m.bias.get₁ i = _
    rw [value_sumFin]
    rfl
  rwa [traced, ← value]

/-- `linear_batched`: products and bias of a row added in any order. -/
theorem linearBatchedSpec_anyOrder (hc : Constants u η) (m : LinearSpec K inDim outDim) (x : Mat K batch inDim)
    (b : Fin batch) (i : Fin outDim) {f : Option (Fin inDim) → K}
    (hf : AreProducts u η (m.weights.get₂ i) (x.get b).get₁ fun j => f (some j)) (hb : f none = m.bias.get₁ i)
    {tree : Tree (Option (Fin inDim))} (order : tree.terms.Perm (withBias inDim)) (h : Evaluates (IsRounding u η) f tree y) :
    abs (y - (linearBatchedSpec m x).get₂ b i) ≤
      ((linearBatchedSpec (m.map Trace.input) (x.map Trace.input)).get₂ b i).bound u η := by
  have := linearSpec_anyOrder hc m (x.get b) i hf hb order h
  rw [← get_map] at this
  exact this

/-- `linear_input_deriv`, and the `dx` of `linear_backward`: products added in any order. -/
theorem linearInputDerivSpec_anyOrder (hc : Constants u η) (w : Mat K outDim inDim) (g : Vec K outDim)
    (j : Fin inDim) {f : Fin outDim → K} (hf : AreProducts u η g.get₁ (fun i => w.get₂ i j) f)
    {tree : Tree (Fin outDim)} (order : tree.terms.Perm (List.finRange outDim)) (h : Evaluates (IsRounding u η) f tree y) :
    abs (y - (linearInputDerivSpec w g).get₁ j) ≤
      ((linearInputDerivSpec (w.map Trace.input) (g.map Trace.input)).get₁ j).bound u η := by
  have traced : (linearInputDerivSpec (w.map Trace.input) (g.map Trace.input)).get₁ j
      = sumFin outDim fun i => Trace.input (g.get₁ i) * Trace.input (w.get₂ i j) :=
    sumFin_congr fun i => by rw [get₂_map, get₁_map]
  rw [traced]
  exact dot_anyOrder hc hf order h

/-- `batch_linear_deriv`, `dW`: products of the examples added in any order. -/
theorem batchLinearDerivSpec_weights_anyOrder (hc : Constants u η) (w : Mat K outDim inDim)
    (x : Mat K (batch + 1) inDim) (g : Mat K (batch + 1) outDim) (i : Fin outDim) (j : Fin inDim)
    {f : Fin (batch + 1) → K} (hf : AreProducts u η (fun b => g.get₂ b i) (fun b => x.get₂ b j) f)
    {tree : Tree (Fin (batch + 1))} (order : tree.terms.Perm (List.finRange (batch + 1)))
    (h : Evaluates (IsRounding u η) f tree y) :
    abs (y - (batchLinearDerivSpec w x g).1.get₂ i j) ≤
      ((batchLinearDerivSpec (w.map Trace.input) (x.map Trace.input) (g.map Trace.input)).1.get₂ i j).bound u η := by
  have traced : (batchLinearDerivSpec (w.map Trace.input) (x.map Trace.input) (g.map Trace.input)).1.get₂ i j
      = sumFin (batch + 1) fun b => Trace.input (g.get₂ b i) * Trace.input (x.get₂ b j) :=
    sumFin_congr fun b => by rw [get₂_matTransposeSpec, get₂_map, get₂_map]
  rw [traced]
  exact dot_anyOrder hc hf order h

/-- `batch_linear_deriv`, `db`: output gradients of the examples added in any order. -/
theorem batchLinearDerivSpec_bias_anyOrder (hc : Constants u η) (w : Mat K outDim inDim)
    (x : Mat K (batch + 1) inDim) (g : Mat K (batch + 1) outDim) (i : Fin outDim)
    {tree : Tree (Fin (batch + 1))} (order : tree.terms.Perm (List.finRange (batch + 1)))
    (h : Evaluates (IsRounding u η) (fun b => g.get₂ b i) tree y) :
    abs (y - (batchLinearDerivSpec w x g).2.1.get₁ i) ≤
      ((batchLinearDerivSpec (w.map Trace.input) (x.map Trace.input) (g.map Trace.input)).2.1.get₁ i).bound u η := by
  have traced : (batchLinearDerivSpec (w.map Trace.input) (x.map Trace.input) (g.map Trace.input)).2.1.get₁ i
      = sumFin (batch + 1) fun b => Trace.input (g.get₂ b i) :=
    sumFin_congr fun b => by rw [get₂_map]
  have := (sum_error (d := 0) hc (fun b => Approximates.input (g.get₂ b i)) (fun _ => rfl) order h).error
  rw [value_sumFin] at this
  rw [traced]
  exact this

/-- `batch_linear_deriv`, `dx`: products added in any order. -/
theorem batchLinearDerivSpec_input_anyOrder (hc : Constants u η) (w : Mat K outDim inDim)
    (x : Mat K (batch + 1) inDim) (g : Mat K (batch + 1) outDim) (b : Fin (batch + 1)) (j : Fin inDim)
    {f : Fin outDim → K} (hf : AreProducts u η (g.get₂ b) (fun i => w.get₂ i j) f) {tree : Tree (Fin outDim)}
    (order : tree.terms.Perm (List.finRange outDim)) (h : Evaluates (IsRounding u η) f tree y) :
    abs (y - (batchLinearDerivSpec w x g).2.2.get₂ b j) ≤
      ((batchLinearDerivSpec (w.map Trace.input) (x.map Trace.input) (g.map Trace.input)).2.2.get₂ b j).bound u η := by
  have traced : (batchLinearDerivSpec (w.map Trace.input) (x.map Trace.input) (g.map Trace.input)).2.2.get₂ b j
      = sumFin outDim fun i => Trace.input (g.get₂ b i) * Trace.input (w.get₂ i j) :=
    sumFin_congr fun i => by rw [get₂_map, get₂_map]
  rw [traced]
  exact dot_anyOrder hc hf order h

end Conform.Soundness
