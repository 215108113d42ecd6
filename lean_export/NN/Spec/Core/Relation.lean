import NN.Spec.Core.Sum
import NN.Spec.Core.TensorProperties

/-!
# Reading one definition under two scalars

The spec is built from `+`, `*` and `0` alone. So when a relation between two scalar types is kept by these three, it
is kept by every function of the spec: run a definition on related inputs, under the one reading and under the other,
and the outputs are related. This is how a statement about one addition and one multiplication becomes a statement
about a layer.

Main definitions: `Spec.RespectsArithmetic`, `Spec.Tensor.Related`.
Main results: `Spec.related_matVecMulSpec` and one such theorem for each function of `NN.Spec.Core.LinearAlgebra`;
`Spec.Tensor.related_graph` (a homomorphism is such a relation).

Reference: P. Wadler, *Theorems for free!*, FPCA 1989.
-/

namespace Spec

variable {α β γ : Type} {m n k : Nat} {s : Shape}

/-- The relation is kept by zero, addition and multiplication. -/
structure RespectsArithmetic [Add α] [Mul α] [Zero α] [Add β] [Mul β] [Zero β] (R : α → β → Prop) : Prop where
  zero : R 0 0
  add : ∀ {a b a' b'}, R a b → R a' b' → R (a + a') (b + b')
  mul : ∀ {a b a' b'}, R a b → R a' b' → R (a * a') (b * b')

namespace Tensor

/-- Element by element, the tensors are related. -/
def Related (R : α → β → Prop) : {s : Shape} → Tensor α s → Tensor β s → Prop
  | _, scalar x, scalar y => R x y
  | _, dim f, dim g => ∀ i, Related R (f i) (g i)

variable {R : α → β → Prop}

/-- The elements of related scalars are related. -/
theorem Related.toScalar {a : Tensor α Shape.scalar} {b : Tensor β Shape.scalar} (h : Related R a b) :
    R a.toScalar b.toScalar := by
  cases a; cases b; exact h

/-- The blocks of related tensors are related. -/
theorem Related.get {a : Tensor α (Shape.dim n s)} {b : Tensor β (Shape.dim n s)} (h : Related R a b) (i : Fin n) :
    Related R (a.get i) (b.get i) := by
  cases a; cases b; exact h i

/-- The elements of related vectors are related. -/
theorem Related.get₁ {a : Vec α n} {b : Vec β n} (h : Related R a b) (i : Fin n) : R (a.get₁ i) (b.get₁ i) :=
  (h.get i).toScalar

/-- The elements of related matrices are related. -/
theorem Related.get₂ {a : Mat α m n} {b : Mat β m n} (h : Related R a b) (i : Fin m) (j : Fin n) :
    R (a.get₂ i j) (b.get₂ i j) :=
  ((h.get i).get j).toScalar

/-- Tensors of related blocks are related. -/
theorem related_dim {a : Tensor α (Shape.dim n s)} {b : Tensor β (Shape.dim n s)}
    (h : ∀ i, Related R (a.get i) (b.get i)) : Related R a b := by
  cases a; cases b; exact h

/-- Vectors of related elements are related. -/
theorem related_ofFn₁ {f : Fin n → α} {g : Fin n → β} (h : ∀ i, R (f i) (g i)) : Related R (ofFn₁ f) (ofFn₁ g) := h

/-- Matrices of related elements are related. -/
theorem related_ofFn₂ {f : Fin m → Fin n → α} {g : Fin m → Fin n → β} (h : ∀ i j, R (f i j) (g i j)) :
    Related R (ofFn₂ f) (ofFn₂ g) := h

/-- Two readings of the same inputs are related when the two readings of every scalar are. -/
theorem related_map (f : γ → α) (g : γ → β) (h : ∀ x, R (f x) (g x)) : {s : Shape} → (t : Tensor γ s) →
    Related R (t.map f) (t.map g)
  | _, scalar x => h x
  | _, dim t => fun i => related_map f g h (t i)

/-- Related inputs have related readings when related scalars do. -/
theorem Related.map {α' β' : Type} {R' : α' → β' → Prop} (f : α → α') (g : β → β')
    (h : ∀ x y, R x y → R' (f x) (g y)) :
    {s : Shape} → {a : Tensor α s} → {b : Tensor β s} → Related R a b → Related R' (a.map f) (b.map g)
  | _, scalar _, scalar _, hab => h _ _ hab
  | _, dim _, dim _, hab => fun i => Related.map f g h (hab i)

/-- A tensor is related to a reading of it when every scalar is. -/
theorem related_self_map (g : α → β) (h : ∀ x, R x (g x)) : {s : Shape} → (t : Tensor α s) → Related R t (t.map g)
  | _, scalar x => h x
  | _, dim t => fun i => related_self_map g h (t i)

/-- What keeps relations between scalars keeps them element by element. -/
theorem related_zipWith {α' β' α'' β'' : Type} {R' : α' → β' → Prop} {R'' : α'' → β'' → Prop} {f : α → α' → α''}
    {g : β → β' → β''} (h : ∀ a b a' b', R a b → R' a' b' → R'' (f a a') (g b b')) :
    {s : Shape} → {a : Tensor α s} → {b : Tensor β s} → {a' : Tensor α' s} → {b' : Tensor β' s} →
      Related R a b → Related R' a' b' → Related R'' (zipWith f a a') (zipWith g b b')
  | _, scalar _, scalar _, scalar _, scalar _, hx, hy => h _ _ _ _ hx hy
  | _, dim _, dim _, dim _, dim _, hx, hy => fun i => related_zipWith h (hx i) (hy i)

/-- Being the image under `f` is such a relation. -/
theorem related_graph (f : α → β) : {s : Shape} → (a : Tensor α s) → (b : Tensor β s) →
    (Related (fun x y => f x = y) a b ↔ a.map f = b)
  | _, scalar x, scalar y => ⟨fun h => congrArg scalar h, fun h => by cases h; rfl⟩
  | _, dim t, dim t' =>
    ⟨fun h => congrArg dim (funext fun i => (related_graph f (t i) (t' i)).mp (h i)),
      fun h i => (related_graph f (t i) (t' i)).mpr (by cases h; rfl)⟩

end Tensor

section Functions

open Tensor

variable [Add α] [Mul α] [Zero α] [Add β] [Mul β] [Zero β] {R : α → β → Prop}

/-- Sums of related terms are related. -/
theorem related_sumFin (h : RespectsArithmetic R) {f : Fin n → α} {g : Fin n → β} (hf : ∀ i, R (f i) (g i)) :
    R (sumFin n f) (sumFin n g) := by
  induction n with
  | zero => rw [sumFin_zero, sumFin_zero]; exact h.zero
  | succ n ih => rw [sumFin_succ, sumFin_succ]; exact h.add (ih fun i => hf i.castSucc) (hf _)

/-- Element-wise sums of related tensors are related. -/
theorem related_addSpec (h : RespectsArithmetic R) {a a' : Tensor α s} {b b' : Tensor β s} (ha : Related R a b)
    (ha' : Related R a' b') : Related R (addSpec a a') (addSpec b b') :=
  related_zipWith (R := R) (R' := R) (R'' := R) (fun _ _ _ _ => h.add) ha ha'

/-- Related tensors, scaled by related factors, are related. -/
theorem related_scaleSpec (h : RespectsArithmetic R) {c : α} {d : β} (hc : R c d) : {s : Shape} →
    {a : Tensor α s} → {b : Tensor β s} → Related R a b → Related R (scaleSpec a c) (scaleSpec b d)
  | _, Tensor.scalar _, Tensor.scalar _, ha => h.mul ha hc
  | _, Tensor.dim _, Tensor.dim _, ha => fun i => related_scaleSpec h hc (ha i)

/-- Products of related matrices and vectors are related. -/
theorem related_matVecMulSpec (h : RespectsArithmetic R) {w : Mat α m n} {w' : Mat β m n} {x : Vec α n}
    {x' : Vec β n} (hw : Related R w w') (hx : Related R x x') :
    Related R (matVecMulSpec w x) (matVecMulSpec w' x') :=
  related_ofFn₁ fun i => related_sumFin h fun j => h.mul (hw.get₂ i j) (hx.get₁ j)

/-- Products of related vectors and matrices are related. -/
theorem related_vecMatMulSpec (h : RespectsArithmetic R) {g : Vec α m} {g' : Vec β m} {w : Mat α m n}
    {w' : Mat β m n} (hg : Related R g g') (hw : Related R w w') :
    Related R (vecMatMulSpec g w) (vecMatMulSpec g' w') :=
  related_ofFn₁ fun j => related_sumFin h fun i => h.mul (hg.get₁ i) (hw.get₂ i j)

/-- Products of related matrices are related. -/
theorem related_matMulSpec (h : RespectsArithmetic R) {a : Mat α m k} {a' : Mat β m k} {b : Mat α k n}
    {b' : Mat β k n} (ha : Related R a a') (hb : Related R b b') :
    Related R (matMulSpec a b) (matMulSpec a' b') :=
  related_ofFn₂ fun i j => related_sumFin h fun l => h.mul (ha.get₂ i l) (hb.get₂ l j)

/-- Outer products of related vectors are related. -/
theorem related_outerProductSpec (h : RespectsArithmetic R) {g : Vec α m} {g' : Vec β m} {x : Vec α n}
    {x' : Vec β n} (hg : Related R g g') (hx : Related R x x') :
    Related R (outerProductSpec g x) (outerProductSpec g' x') :=
  related_ofFn₂ fun i j => h.mul (hg.get₁ i) (hx.get₁ j)

/-- Column sums of related matrices are related. -/
theorem related_sumFirstAxisSpec (h : RespectsArithmetic R) {a : Mat α m n} {a' : Mat β m n} (ha : Related R a a') :
    Related R (sumFirstAxisSpec a) (sumFirstAxisSpec a') :=
  related_ofFn₁ fun j => related_sumFin h fun i => ha.get₂ i j

omit [Add α] [Mul α] [Zero α] [Add β] [Mul β] [Zero β] in
/-- Transposes of related matrices are related. -/
theorem related_matTransposeSpec {a : Mat α m n} {a' : Mat β m n} (ha : Related R a a') :
    Related R (matTransposeSpec a) (matTransposeSpec a') :=
  related_ofFn₂ fun i j => ha.get₂ j i

end Functions

end Spec
