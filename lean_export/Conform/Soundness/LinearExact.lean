import Conform.Soundness.Exactly
import Conform.Soundness.Rounded
import NN.Spec.Layers.LinearRelation

/-!
# The exact tier of every operation of the linear layer

Where the grid of an output meets the condition of the exact tier, the spec run with rounded scalars gives the exact
value, for the very definitions of `NN.Spec.Layers.Linear`. The rounding is only assumed to leave numbers of the
format unchanged.

Main definition: `Conform.Soundness.GridReading`.
Main results: one theorem for each of the nine operations, `Conform.Soundness.linearSpec_exact` to
`Conform.Soundness.linearGradientScaleSpec_exact`.
-/

namespace Conform.Soundness

open Spec Spec.Tensor

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K] [Max K] [Binary K]
  {β : Type} [Add β] [Mul β] [Zero β] {F : Format K} {batch inDim outDim : Nat} {s : Shape}

/-- A rounded arithmetic in the format `F`, and a quantum of each of its numbers. -/
structure GridReading (β : Type) [Add β] [Mul β] [Zero β] (F : Format K) extends RoundedArithmetic β F.Rounds where
  quantum : β → Option Int
  isQuantum : ∀ x, IsQuantum (value x) (quantum x)

namespace GridReading

/-- An input of the rounded run as an input of the run on grids. -/
def grid (M : GridReading β F) (x : β) : Grid K := Grid.input (M.value x) (M.quantum x)

/-- The computed number is exact where its grid allows. -/
def Near (M : GridReading β F) (x : β) (g : Grid K) : Prop := Exactly F (M.value x) g

/-- The value of the grid is the exact number. -/
def IsValue (v : K) (g : Grid K) : Prop := g.value = v

omit [One K] [Sub K] [LE K] [Abs K] [Binary K] in
/-- The spec keeps exact values. -/
theorem isValue_respects : RespectsArithmetic (IsValue (K := K)) where
  zero := rfl
  add hx hy := by rw [← hx, ← hy]; rfl
  mul hx hy := by rw [← hx, ← hy]; rfl

omit [One K] [Sub K] [Max K] in
/-- An input, exact and on its grid. -/
theorem isValue_input (M : GridReading β F) (t : Tensor β s) : Related IsValue (t.map M.value) (t.map M.grid) :=
  related_map M.value M.grid (fun _ => rfl) t

omit [One K] [Sub K] [Max K] in
/-- The parameters, exact and on their grids. -/
theorem isValue_layer (M : GridReading β F) (m : LinearSpec β inDim outDim) :
    LinearSpec.Related IsValue (m.map M.value) (m.map M.grid) :=
  ⟨M.isValue_input _, M.isValue_input _⟩

variable [BinaryLaws K]

/-- The spec keeps exactness, because addition and multiplication do. -/
theorem respects (M : GridReading β F) : RespectsArithmetic M.Near where
  zero := by
    show Exactly F (M.value 0) 0
    rw [M.zero]
    exact Exactly.ofZero
  add hx hy := Exactly.add hx hy (M.add _ _)
  mul hx hy := Exactly.mul hx hy (M.mul _ _)

/-- An input is exact. -/
theorem near_grid (M : GridReading β F) (x : β) : M.Near x (M.grid x) := Exactly.ofInput (M.isQuantum x)

/-- An input, rounded and on its grid. -/
theorem related_input (M : GridReading β F) (t : Tensor β s) : Related M.Near t (t.map M.grid) :=
  related_self_map M.grid M.near_grid t

/-- The parameters, rounded and on their grids. -/
theorem related_layer (M : GridReading β F) (m : LinearSpec β inDim outDim) :
    LinearSpec.Related M.Near m (m.map M.grid) :=
  ⟨M.related_input _, M.related_input _⟩

omit [BinaryLaws K] [One K] [Sub K] [Max K] in
/-- From the two relations to an equation between numbers. -/
theorem eq_of_fits {M : GridReading β F} {x : β} {v : K} {g : Grid K} (h : M.Near x g) (hv : IsValue v g)
    (fits : g.Fits F) : M.value x = v :=
  (h.exact fits).trans hv

end GridReading

open GridReading

variable [BinaryLaws K]

/-- `linear`: an output whose grid fits is exact. -/
theorem linearSpec_exact (M : GridReading β F) (m : LinearSpec β inDim outDim) (x : Vec β inDim) (i : Fin outDim)
    (fits : ((linearSpec (m.map M.grid) (x.map M.grid)).get₁ i).Fits F) :
    M.value ((linearSpec m x).get₁ i) = (linearSpec (m.map M.value) (x.map M.value)).get₁ i :=
  eq_of_fits ((related_linearSpec M.respects (M.related_layer m) (M.related_input x)).get₁ i)
    ((related_linearSpec isValue_respects (M.isValue_layer m) (M.isValue_input x)).get₁ i) fits

/-- `linear_batched`: an output whose grid fits is exact. -/
theorem linearBatchedSpec_exact (M : GridReading β F) (m : LinearSpec β inDim outDim) (x : Mat β batch inDim)
    (b : Fin batch) (i : Fin outDim) (fits : ((linearBatchedSpec (m.map M.grid) (x.map M.grid)).get₂ b i).Fits F) :
    M.value ((linearBatchedSpec m x).get₂ b i) = (linearBatchedSpec (m.map M.value) (x.map M.value)).get₂ b i :=
  eq_of_fits ((related_linearBatchedSpec M.respects (M.related_layer m) (M.related_input x)).get₂ b i)
    ((related_linearBatchedSpec isValue_respects (M.isValue_layer m) (M.isValue_input x)).get₂ b i) fits

/-- `linear_weights_deriv`: an element whose grid fits is exact. -/
theorem linearWeightsDerivSpec_exact (M : GridReading β F) (x : Vec β inDim) (g : Vec β outDim) (i : Fin outDim)
    (j : Fin inDim) (fits : ((linearWeightsDerivSpec (x.map M.grid) (g.map M.grid)).get₂ i j).Fits F) :
    M.value ((linearWeightsDerivSpec x g).get₂ i j) =
      (linearWeightsDerivSpec (x.map M.value) (g.map M.value)).get₂ i j :=
  eq_of_fits ((related_linearWeightsDerivSpec M.respects (M.related_input x) (M.related_input g)).get₂ i j)
    ((related_linearWeightsDerivSpec isValue_respects (M.isValue_input x) (M.isValue_input g)).get₂ i j) fits

omit [BinaryLaws K] [One K] [Sub K] [Max K] in
/-- `linear_bias_deriv`: nothing is computed, so every element is exact. -/
theorem linearBiasDerivSpec_exact (M : GridReading β F) (dW : Mat β outDim inDim) (g : Vec β outDim)
    (x : Vec β inDim) (i : Fin outDim) :
    M.value ((linearBiasDerivSpec dW g x).get₁ i) =
      (linearBiasDerivSpec (dW.map M.value) (g.map M.value) (x.map M.value)).get₁ i :=
  (get₁_map M.value g i).symm

/-- `linear_input_deriv`: an element whose grid fits is exact. -/
theorem linearInputDerivSpec_exact (M : GridReading β F) (w : Mat β outDim inDim) (g : Vec β outDim) (j : Fin inDim)
    (fits : ((linearInputDerivSpec (w.map M.grid) (g.map M.grid)).get₁ j).Fits F) :
    M.value ((linearInputDerivSpec w g).get₁ j) =
      (linearInputDerivSpec (w.map M.value) (g.map M.value)).get₁ j :=
  eq_of_fits ((related_linearInputDerivSpec M.respects (M.related_input w) (M.related_input g)).get₁ j)
    ((related_linearInputDerivSpec isValue_respects (M.isValue_input w) (M.isValue_input g)).get₁ j) fits

/-- `batch_linear_deriv`: an element of `dW`, `db` or `dx` whose grid fits is exact. -/
theorem batchLinearDerivSpec_exact (M : GridReading β F) (w : Mat β outDim inDim) (x : Mat β (batch + 1) inDim)
    (g : Mat β (batch + 1) outDim) :
    let rounded := batchLinearDerivSpec w x g
    let exact := batchLinearDerivSpec (w.map M.value) (x.map M.value) (g.map M.value)
    let grids := batchLinearDerivSpec (w.map M.grid) (x.map M.grid) (g.map M.grid)
    (∀ i j, (grids.1.get₂ i j).Fits F → M.value (rounded.1.get₂ i j) = exact.1.get₂ i j) ∧
      (∀ i, (grids.2.1.get₁ i).Fits F → M.value (rounded.2.1.get₁ i) = exact.2.1.get₁ i) ∧
      (∀ b j, (grids.2.2.get₂ b j).Fits F → M.value (rounded.2.2.get₂ b j) = exact.2.2.get₂ b j) :=
  have near := related_batchLinearDerivSpec M.respects (M.related_input w) (M.related_input x) (M.related_input g)
  have value := related_batchLinearDerivSpec isValue_respects (M.isValue_input w) (M.isValue_input x)
    (M.isValue_input g)
  ⟨fun i j => eq_of_fits (near.weights.get₂ i j) (value.weights.get₂ i j),
    fun i => eq_of_fits (near.bias.get₁ i) (value.bias.get₁ i),
    fun b j => eq_of_fits (near.input.get₂ b j) (value.input.get₂ b j)⟩

/-- `linear_backward`: an element of `dW`, `db` or `dx` whose grid fits is exact. -/
theorem linearBackwardSpec_exact (M : GridReading β F) (m : LinearSpec β inDim outDim) (x : Vec β inDim)
    (g : Vec β outDim) :
    let rounded := linearBackwardSpec m x g
    let exact := linearBackwardSpec (m.map M.value) (x.map M.value) (g.map M.value)
    let grids := linearBackwardSpec (m.map M.grid) (x.map M.grid) (g.map M.grid)
    (∀ i j, (grids.1.get₂ i j).Fits F → M.value (rounded.1.get₂ i j) = exact.1.get₂ i j) ∧
      (∀ i, (grids.2.1.get₁ i).Fits F → M.value (rounded.2.1.get₁ i) = exact.2.1.get₁ i) ∧
      (∀ j, (grids.2.2.get₁ j).Fits F → M.value (rounded.2.2.get₁ j) = exact.2.2.get₁ j) :=
  have near := related_linearBackwardSpec M.respects (M.related_layer m) (M.related_input x) (M.related_input g)
  have value := related_linearBackwardSpec isValue_respects (M.isValue_layer m) (M.isValue_input x)
    (M.isValue_input g)
  ⟨fun i j => eq_of_fits (near.weights.get₂ i j) (value.weights.get₂ i j),
    fun i => eq_of_fits (near.bias.get₁ i) (value.bias.get₁ i),
    fun j => eq_of_fits (near.input.get₁ j) (value.input.get₁ j)⟩

/-- `linear_gradient_accumulate`: an element whose grid fits is exact. -/
theorem linearGradientAccumulateSpec_exact (M : GridReading β F) (a b : Mat β outDim inDim) (i : Fin outDim)
    (j : Fin inDim) (fits : ((linearGradientAccumulateSpec (a.map M.grid) (b.map M.grid)).get₂ i j).Fits F) :
    M.value ((linearGradientAccumulateSpec a b).get₂ i j) =
      (linearGradientAccumulateSpec (a.map M.value) (b.map M.value)).get₂ i j :=
  eq_of_fits ((related_linearGradientAccumulateSpec M.respects (M.related_input a) (M.related_input b)).get₂ i j)
    ((related_linearGradientAccumulateSpec isValue_respects (M.isValue_input a) (M.isValue_input b)).get₂ i j) fits

/-- `linear_gradient_scale`: an element whose grid fits is exact. -/
theorem linearGradientScaleSpec_exact (M : GridReading β F) (a : Mat β outDim inDim) (c : β) (i : Fin outDim)
    (j : Fin inDim) (fits : ((linearGradientScaleSpec (a.map M.grid) (M.grid c)).get₂ i j).Fits F) :
    M.value ((linearGradientScaleSpec a c).get₂ i j) =
      (linearGradientScaleSpec (a.map M.value) (M.value c)).get₂ i j :=
  eq_of_fits ((related_linearGradientScaleSpec M.respects (M.related_input a) (M.near_grid c)).get₂ i j)
    ((related_linearGradientScaleSpec isValue_respects (M.isValue_input a) rfl).get₂ i j) fits

end Conform.Soundness
