import NN.Spec.Core.LinearAlgebra

/-!
# Elements of tensors

What the element at an index of each tensor operation is. With these, an equation between tensors becomes one between
scalars.

Main definitions: `Spec.Vec`, `Spec.Mat`, `Spec.subSpec`.
-/

namespace Spec

/-- A vector of `n` elements. -/
abbrev Vec (α : Type) (n : Nat) : Type := Tensor α (Shape.dim n Shape.scalar)

/-- A matrix of `m` rows and `n` columns. -/
abbrev Mat (α : Type) (m n : Nat) : Type := Tensor α (Shape.dim m (Shape.dim n Shape.scalar))

/-- Element-wise difference. The layer never subtracts; the statements about its derivatives do. -/
def subSpec {α : Type} [Sub α] {s : Shape} (a b : Tensor α s) : Tensor α s := Tensor.zipWith (· - ·) a b

namespace Tensor

variable {α β γ : Type} {m n : Nat} {s : Shape}

/-- The element of a mapped scalar. -/
theorem toScalar_map (f : α → β) (t : Tensor α Shape.scalar) : (t.map f).toScalar = f t.toScalar := by
  cases t; rfl

/-- The blocks of a mapped tensor. -/
theorem get_map (f : α → β) (t : Tensor α (Shape.dim n s)) (i : Fin n) : (t.map f).get i = (t.get i).map f := by
  cases t; rfl

/-- The elements of a mapped vector. -/
theorem get₁_map (f : α → β) (v : Vec α n) (i : Fin n) : (v.map f).get₁ i = f (v.get₁ i) := by
  show ((v.map f).get i).toScalar = _
  rw [get_map, toScalar_map]
  rfl

/-- The elements of a mapped matrix. -/
theorem get₂_map (f : α → β) (w : Mat α m n) (i : Fin m) (j : Fin n) : (w.map f).get₂ i j = f (w.get₂ i j) := by
  show (((w.map f).get i).get j).toScalar = _
  rw [get_map, get_map, toScalar_map]
  rfl

/-- The element of two scalars, combined. -/
theorem toScalar_zipWith (f : α → β → γ) (a : Tensor α Shape.scalar) (b : Tensor β Shape.scalar) :
    (zipWith f a b).toScalar = f a.toScalar b.toScalar := by
  cases a; cases b; rfl

/-- The blocks of two tensors, combined. -/
theorem get_zipWith (f : α → β → γ) (a : Tensor α (Shape.dim n s)) (b : Tensor β (Shape.dim n s)) (i : Fin n) :
    (zipWith f a b).get i = zipWith f (a.get i) (b.get i) := by
  cases a; cases b; rfl

/-- A row of a matrix, element by element. -/
theorem get₁_get (w : Mat α m n) (i : Fin m) (j : Fin n) : (w.get i).get₁ j = w.get₂ i j := rfl

end Tensor

section Elements

open Tensor

variable {α : Type} {m n k : Nat}

/-- `(a + b)ᵢ = aᵢ + bᵢ`. -/
theorem get₁_addSpec [Add α] (a b : Vec α n) (i : Fin n) : (addSpec a b).get₁ i = a.get₁ i + b.get₁ i := by
  show ((zipWith _ a b).get i).toScalar = _
  rw [get_zipWith, toScalar_zipWith]
  rfl

/-- `(A + B)ᵢⱼ = Aᵢⱼ + Bᵢⱼ`. -/
theorem get₂_addSpec [Add α] (a b : Mat α m n) (i : Fin m) (j : Fin n) :
    (addSpec a b).get₂ i j = a.get₂ i j + b.get₂ i j := by
  show (((zipWith _ a b).get i).get j).toScalar = _
  rw [get_zipWith, get_zipWith, toScalar_zipWith]
  rfl

/-- `(a - b)ᵢ = aᵢ - bᵢ`. -/
theorem get₁_subSpec [Sub α] (a b : Vec α n) (i : Fin n) : (subSpec a b).get₁ i = a.get₁ i - b.get₁ i := by
  show ((zipWith _ a b).get i).toScalar = _
  rw [get_zipWith, toScalar_zipWith]
  rfl

/-- `(a c)ᵢ = aᵢ c`. -/
theorem get₁_scaleSpec [Mul α] (a : Vec α n) (c : α) (i : Fin n) : (scaleSpec a c).get₁ i = a.get₁ i * c :=
  get₁_map _ _ _

/-- `(A c)ᵢⱼ = Aᵢⱼ c`. -/
theorem get₂_scaleSpec [Mul α] (a : Mat α m n) (c : α) (i : Fin m) (j : Fin n) :
    (scaleSpec a c).get₂ i j = a.get₂ i j * c :=
  get₂_map _ _ _ _

/-- `(W x)ᵢ = Σⱼ Wᵢⱼ xⱼ`. -/
theorem get₁_matVecMulSpec [Add α] [Mul α] [Zero α] (w : Mat α m n) (x : Vec α n) (i : Fin m) :
    (matVecMulSpec w x).get₁ i = sumFin n fun j => w.get₂ i j * x.get₁ j := rfl

/-- `(g W)ⱼ = Σᵢ gᵢ Wᵢⱼ`. -/
theorem get₁_vecMatMulSpec [Add α] [Mul α] [Zero α] (g : Vec α m) (w : Mat α m n) (j : Fin n) :
    (vecMatMulSpec g w).get₁ j = sumFin m fun i => g.get₁ i * w.get₂ i j := rfl

/-- `(A B)ᵢⱼ = Σₗ Aᵢₗ Bₗⱼ`. -/
theorem get₂_matMulSpec [Add α] [Mul α] [Zero α] (a : Mat α m k) (b : Mat α k n) (i : Fin m) (j : Fin n) :
    (matMulSpec a b).get₂ i j = sumFin k fun l => a.get₂ i l * b.get₂ l j := rfl

/-- `(Aᵀ)ᵢⱼ = Aⱼᵢ`. -/
theorem get₂_matTransposeSpec (a : Mat α m n) (i : Fin n) (j : Fin m) :
    (matTransposeSpec a).get₂ i j = a.get₂ j i := rfl

/-- `(g ⊗ x)ᵢⱼ = gᵢ xⱼ`. -/
theorem get₂_outerProductSpec [Mul α] (g : Vec α m) (x : Vec α n) (i : Fin m) (j : Fin n) :
    (outerProductSpec g x).get₂ i j = g.get₁ i * x.get₁ j := rfl

/-- The sum of column `j`. -/
theorem get₁_sumFirstAxisSpec [Add α] [Zero α] (a : Mat α m n) (j : Fin n) :
    (sumFirstAxisSpec a).get₁ j = sumFin m fun i => a.get₂ i j := rfl

end Elements

end Spec
