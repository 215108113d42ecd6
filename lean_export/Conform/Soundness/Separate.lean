import Conform.Soundness.LinearAnyOrder

/-!
# A product that is rounded before the bias is added

Many kernels compute `x W` with sums in a wide format, return it in the format of the results, and add the bias there.
That is two roundings to the narrow format, of constants `u'` and `η'`, after the sum, of constants `u` and `η`: with `B`
the bound of the sum and `D = u' (|v - b| + B) + η'`, the result is within `B + (D + (u' (|v| + (B + D)) + η'))`.

Main results: `Conform.Soundness.Approximates.addRounded`, `Conform.Soundness.linearSpec_separate`,
`Conform.Soundness.linearBatchedSpec_separate`.

Reference: N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd edition, §2.2, (2.4), applied twice.
-/

namespace Conform.Soundness

open Spec Spec.Tensor Spec.Laws Tree

variable {K : Type} [Add K] [Mul K] [Zero K] [One K] [Sub K] [LE K] [Abs K]

/-- The bound for a sum of bound `B` and value `s` that is rounded, and rounded again once `b` was added. -/
def separateBound (u' η' B s b : K) : K :=
  B + ((u' * (abs s + B) + η') + (u' * (abs (s + b) + (B + (u' * (abs s + B) + η'))) + η'))

variable [OrderedRingLaws K] {u η u' η' B C s b x y z : K} {n batch inDim outDim : Nat} {γ : Type} {v : γ → K}

/-- A greater bound of the sum gives a greater bound. -/
theorem separateBound_mono (hu : 0 ≤ u') (h : B ≤ C) : separateBound u' η' B s b ≤ separateBound u' η' C s b := by
  have first : u' * (abs s + B) + η' ≤ u' * (abs s + C) + η' :=
    add_le_add (mul_le_mul_left (add_le_add (le_refl _) h) hu) (le_refl _)
  refine add_le_add h (add_le_add first (add_le_add (mul_le_mul_left ?_ hu) (le_refl _)))
  exact add_le_add (le_refl _) (add_le_add h first)

/-- A sum `x` within `B` of `s`, rounded to `y`, to which `b` is added and the whole rounded to `z`. -/
theorem error_addRounded (hu : 0 ≤ u') (h : abs (x - s) ≤ B) (hy : IsRounding u' η' x y)
    (hz : IsRounding u' η' (y + b) z) : abs (z - (s + b)) ≤ separateBound u' η' B s b := by
  have near : abs x ≤ abs s + B := by
    rw [add_comm]
    exact le_trans (abs_le_abs_sub_add x s) (add_le_add h (le_refl _))
  have first : abs (y - x) ≤ u' * (abs s + B) + η' :=
    le_trans hy (add_le_add (mul_le_mul_left near hu) (le_refl _))
  have both : abs (y - s) ≤ B + (u' * (abs s + B) + η') := by
    rw [add_comm]
    exact le_trans (abs_sub_le y x s) (add_le_add first h)
  have same : y + b - (s + b) = y - s := by
    rw [add_sub_add, sub_self, add_zero]
  have far : abs (y + b) ≤ abs (s + b) + (B + (u' * (abs s + B) + η')) := by
    rw [add_comm (abs (s + b))]
    refine le_trans (abs_le_abs_sub_add (y + b) (s + b)) (add_le_add ?_ (le_refl _))
    rw [same]
    exact both
  have last : abs (z - (y + b)) ≤ u' * (abs (s + b) + (B + (u' * (abs s + B) + η'))) + η' :=
    le_trans hz (add_le_add (mul_le_mul_left far hu) (le_refl _))
  have total : abs (z - (s + b)) ≤
      (u' * (abs (s + b) + (B + (u' * (abs s + B) + η'))) + η') + (B + (u' * (abs s + B) + η')) := by
    refine le_trans (abs_sub_le z (y + b) (s + b)) (add_le_add last ?_)
    rw [same]
    exact both
  refine le_trans total (le_of_eq ?_)
  unfold separateBound
  ac_rfl

/-- The bound of a sum of products is no greater than that of the same sum with a bias. -/
theorem bound_le_addInput (hc : Constants u η) {t : Trace K} (hm : 0 ≤ t.magnitude) (hE : 0 ≤ t.underflow) (b : K) :
    t.bound u η ≤ (t + Trace.input b).bound u η := by
  have deeper : t.growth u ≤ (t + Trace.input b).growth u :=
    pow_le_pow hc.one_le (Nat.le_succ_of_le (Nat.le_max_left _ _))
  have more : 0 ≤ (t + Trace.input b).growth u - 1 := sub_nonneg (hc.one_le_growth _)
  have excess : t.growth u - 1 ≤ (t + Trace.input b).growth u - 1 := by
    refine le_sub_of_add_le ?_
    rw [sub_add_cancel]
    exact deeper
  refine add_le_add (mul_le_mul excess (le_add_right _ (abs_nonneg b)) more hm) ?_
  refine mul_le_mul_right (mul_le_mul deeper ?_ (hc.growth_nonneg _) hE) hc.η_nonneg
  show t.underflow ≤ t.underflow + 0 + 1
  rw [add_zero]
  exact le_add_right _ zero_le_one

/-- A dot product in any order, rounded before the bias is added, within the bound that the trace with the bias gives. -/
theorem affine_separate (hc : Constants u η) (hu : 0 ≤ u') {a c : Fin n → γ} {bias : γ} {f : Fin n → K}
    (hf : ∀ j, IsRounding u η (v (a j) * v (c j)) (f j)) {tree : Tree (Fin n)}
    (order : tree.terms.Perm (List.finRange n)) (h : Evaluates (IsRounding u η) f tree x)
    (hy : IsRounding u' η' x y) (hz : IsRounding u' η' (y + v bias) z) :
    abs (z - ((sumFin n fun j => v (a j) * v (c j)) + v bias)) ≤
      separateBound u' η' (((sumFin n fun j => traceOf v (a j) * traceOf v (c j)) + traceOf v bias).bound u η)
        (sumFin n fun j => v (a j) * v (c j)) (v bias) := by
  have near := sum_error (d := 1) hc (fun j => approximates_product hc (hf j)) (fun _ => rfl) order h
  refine le_trans (error_addRounded hu (dot_anyOrder hc hf order h) hy hz) (separateBound_mono hu ?_)
  exact bound_le_addInput hc near.magnitude_nonneg near.underflow_nonneg (v bias)

/-- `linear`: products added in any order, their sum rounded, the bias added and the result rounded again. -/
theorem linearSpec_separate (hc : Constants u η) (hu : 0 ≤ u') (m : LinearSpec γ inDim outDim) (input : Vec γ inDim)
    (i : Fin outDim) {f : Fin inDim → K}
    (hf : ∀ j, IsRounding u η (v (m.weights.get₂ i j) * v (input.get₁ j)) (f j)) {tree : Tree (Fin inDim)}
    (order : tree.terms.Perm (List.finRange inDim)) (h : Evaluates (IsRounding u η) f tree x)
    (hy : IsRounding u' η' x y) (hz : IsRounding u' η' (y + v (m.bias.get₁ i)) z) :
    abs (z - (linearSpec (m.map v) (input.map v)).get₁ i) ≤
      separateBound u' η' (((linearSpec (m.map (traceOf v)) (input.map (traceOf v))).get₁ i).bound u η)
        (sumFin inDim fun j => v (m.weights.get₂ i j) * v (input.get₁ j)) (v (m.bias.get₁ i)) := by
  rw [get₁_linearSpec_map, get₁_linearSpec_map]
  exact affine_separate hc hu hf order h hy hz

/-- `linear_batched`: the same for every row. -/
theorem linearBatchedSpec_separate (hc : Constants u η) (hu : 0 ≤ u') (m : LinearSpec γ inDim outDim)
    (input : Mat γ batch inDim) (r : Fin batch) (i : Fin outDim) {f : Fin inDim → K}
    (hf : ∀ j, IsRounding u η (v (m.weights.get₂ i j) * v (input.get₂ r j)) (f j)) {tree : Tree (Fin inDim)}
    (order : tree.terms.Perm (List.finRange inDim)) (h : Evaluates (IsRounding u η) f tree x)
    (hy : IsRounding u' η' x y) (hz : IsRounding u' η' (y + v (m.bias.get₁ i)) z) :
    abs (z - (linearBatchedSpec (m.map v) (input.map v)).get₂ r i) ≤
      separateBound u' η' (((linearBatchedSpec (m.map (traceOf v)) (input.map (traceOf v))).get₂ r i).bound u η)
        (sumFin inDim fun j => v (m.weights.get₂ i j) * v (input.get₂ r j)) (v (m.bias.get₁ i)) := by
  rw [get₂_linearBatchedSpec_map, get₂_linearBatchedSpec_map]
  exact affine_separate hc hu hf order h hy hz

end Conform.Soundness
