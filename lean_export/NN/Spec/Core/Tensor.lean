import NN.Spec.Core.Shape

/-!
# Tensors

A tensor indexed by its shape: a scalar, or a function from an index to the block there. It is generic in
the scalar type, so one definition over tensors can be read over any type that has the arithmetic it needs.

Main definitions: `Spec.Tensor`, `Spec.Tensor.get`, `Spec.Tensor.toScalar`, `Spec.Tensor.map`,
`Spec.Tensor.materialize`.
-/

namespace Spec

/-- A tensor with scalars in `α`. -/
inductive Tensor (α : Type) : Shape → Type where
  | scalar : α → Tensor α Shape.scalar
  | dim {n : Nat} {s : Shape} : (Fin n → Tensor α s) → Tensor α (Shape.dim n s)

namespace Tensor

variable {α β : Type} {m n : Nat} {s : Shape}

/-- The one element of a scalar tensor. -/
def toScalar : Tensor α Shape.scalar → α
  | scalar x => x

/-- The block at index `i` of the outermost dimension. -/
def get : Tensor α (Shape.dim n s) → Fin n → Tensor α s
  | dim f => f

/-- The element of a vector at index `i`. -/
def get₁ (v : Tensor α (Shape.dim n Shape.scalar)) (i : Fin n) : α := (v.get i).toScalar

/-- The element of a matrix at row `i` and column `j`. -/
def get₂ (w : Tensor α (Shape.dim m (Shape.dim n Shape.scalar))) (i : Fin m) (j : Fin n) : α :=
  ((w.get i).get j).toScalar

/-- The vector of the elements `f i`. -/
def ofFn₁ (f : Fin n → α) : Tensor α (Shape.dim n Shape.scalar) := dim fun i => scalar (f i)

/-- The matrix of the elements `f i j`. -/
def ofFn₂ (f : Fin m → Fin n → α) : Tensor α (Shape.dim m (Shape.dim n Shape.scalar)) :=
  dim fun i => ofFn₁ (f i)

/-- Apply `f` to every element. -/
def map (f : α → β) : {s : Shape} → Tensor α s → Tensor β s
  | _, scalar x => scalar (f x)
  | _, dim g => dim fun i => map f (g i)

/-- Apply `f` to the elements of two tensors, pairwise. -/
def zipWith {γ : Type} (f : α → β → γ) : {s : Shape} → Tensor α s → Tensor β s → Tensor γ s
  | _, scalar x, scalar y => scalar (f x y)
  | _, dim g, dim h => dim fun i => zipWith f (g i) (h i)

/-- The same tensor, every element computed once and kept. -/
def materialize : {s : Shape} → Tensor α s → Tensor α s
  | _, scalar x => scalar x
  | Shape.dim _ _, dim f =>
    let blocks := (List.ofFn fun i => materialize (f i)).toArray
    dim fun i => blocks[i.val]'(Nat.lt_of_lt_of_le i.isLt (Nat.le_of_eq List.length_ofFn.symm))

/-- The elements in row-major order. -/
def toList : {s : Shape} → Tensor α s → List α
  | _, scalar x => [x]
  | Shape.dim n _, dim f => (List.finRange n).flatMap fun i => toList (f i)

/-- Keeping the elements does not change them. -/
theorem materialize_eq : {s : Shape} → (t : Tensor α s) → t.materialize = t
  | _, scalar _ => rfl
  | Shape.dim _ _, dim f => by
    unfold materialize
    refine congrArg dim (funext fun i => ?_)
    refine Eq.trans (List.getElem_ofFn (Nat.lt_of_lt_of_le i.isLt (Nat.le_of_eq List.length_ofFn.symm))) ?_
    exact materialize_eq (f i)

theorem get_dim (f : Fin n → Tensor α s) (i : Fin n) : (dim f).get i = f i := rfl

theorem dim_get (t : Tensor α (Shape.dim n s)) : dim t.get = t := by
  cases t; rfl

theorem scalar_toScalar (t : Tensor α Shape.scalar) : scalar t.toScalar = t := by
  cases t; rfl

theorem get₁_ofFn₁ (f : Fin n → α) (i : Fin n) : (ofFn₁ f).get₁ i = f i := rfl

theorem get₂_ofFn₂ (f : Fin m → Fin n → α) (i : Fin m) (j : Fin n) : (ofFn₂ f).get₂ i j = f i j := rfl

/-- Two tensors are equal when their blocks are. -/
theorem ext_dim {a b : Tensor α (Shape.dim n s)} (h : ∀ i, a.get i = b.get i) : a = b := by
  rw [← dim_get a, ← dim_get b]
  exact congrArg dim (funext h)

/-- Two vectors are equal when their elements are. -/
theorem ext₁ {a b : Tensor α (Shape.dim n Shape.scalar)} (h : ∀ i, a.get₁ i = b.get₁ i) : a = b := by
  apply ext_dim
  intro i
  rw [← scalar_toScalar (a.get i), ← scalar_toScalar (b.get i)]
  exact congrArg scalar (h i)

/-- Two matrices are equal when their elements are. -/
theorem ext₂ {a b : Tensor α (Shape.dim m (Shape.dim n Shape.scalar))}
    (h : ∀ i j, a.get₂ i j = b.get₂ i j) : a = b :=
  ext_dim fun i => ext₁ fun j => h i j

end Tensor

end Spec
