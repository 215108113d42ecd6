import NN.Spec.Core.Sum
import NN.Spec.Core.TensorProperties

/-!
# Linear algebra with exact scalars

Products of matrices and vectors are linear in each factor, and the transpose is the adjoint.

Main definitions: `Spec.innerProduct`, `Spec.innerProduct₂`, `Spec.oneHot`.
Main results: `Spec.matVecMulSpec_add`, `Spec.innerProduct_matVecMulSpec`, `Spec.innerProduct_outerProductSpec`.
-/

namespace Spec

open Laws Tensor

variable {α : Type} {m n k : Nat}

/-- `⟨x, y⟩ = Σᵢ xᵢ yᵢ`. -/
def innerProduct [Add α] [Mul α] [Zero α] (x y : Vec α n) : α := sumFin n fun i => x.get₁ i * y.get₁ i

/-- `⟨A, B⟩ = Σᵢ Σⱼ Aᵢⱼ Bᵢⱼ`, the inner product of two matrices as vectors of their elements. -/
def innerProduct₂ [Add α] [Mul α] [Zero α] (a b : Mat α m n) : α :=
  sumFin m fun i => sumFin n fun j => a.get₂ i j * b.get₂ i j

/-- The vector that is one at index `k` and zero elsewhere. -/
def oneHot [Zero α] [One α] (k : Fin n) : Vec α n := ofFn₁ fun i => if i = k then 1 else 0

/-- The matrix that is one in row `k` and column `l` and zero elsewhere. -/
def oneHot₂ [Zero α] [One α] (k : Fin m) (l : Fin n) : Mat α m n :=
  ofFn₂ fun i j => if i = k then (if j = l then 1 else 0) else 0

section Semiring

variable [Add α] [Mul α] [Zero α] [CommSemiringLaws α]

/-- Addition of vectors commutes. -/
theorem addSpec_comm₁ (a b : Vec α n) : addSpec a b = addSpec b a :=
  ext₁ fun i => by rw [get₁_addSpec, get₁_addSpec, add_comm]

/-- Addition of vectors is associative. -/
theorem addSpec_assoc₁ (a b c : Vec α n) : addSpec (addSpec a b) c = addSpec a (addSpec b c) :=
  ext₁ fun i => by rw [get₁_addSpec, get₁_addSpec, get₁_addSpec, get₁_addSpec, add_assoc]

/-- `W (x + y) = W x + W y`. -/
theorem matVecMulSpec_add (w : Mat α m n) (x y : Vec α n) :
    matVecMulSpec w (addSpec x y) = addSpec (matVecMulSpec w x) (matVecMulSpec w y) := by
  refine ext₁ fun i => ?_
  rw [get₁_addSpec, get₁_matVecMulSpec, get₁_matVecMulSpec, get₁_matVecMulSpec, ← sumFin_add]
  exact sumFin_congr fun j => by rw [get₁_addSpec, mul_add]

/-- `(W + V) x = W x + V x`. -/
theorem add_matVecMulSpec (w v : Mat α m n) (x : Vec α n) :
    matVecMulSpec (addSpec w v) x = addSpec (matVecMulSpec w x) (matVecMulSpec v x) := by
  refine ext₁ fun i => ?_
  rw [get₁_addSpec, get₁_matVecMulSpec, get₁_matVecMulSpec, get₁_matVecMulSpec, ← sumFin_add]
  exact sumFin_congr fun j => by rw [get₂_addSpec, add_mul]

/-- `W (x c) = (W x) c`. -/
theorem matVecMulSpec_scale (w : Mat α m n) (x : Vec α n) (c : α) :
    matVecMulSpec w (scaleSpec x c) = scaleSpec (matVecMulSpec w x) c := by
  refine ext₁ fun i => ?_
  rw [get₁_scaleSpec, get₁_matVecMulSpec, get₁_matVecMulSpec, sumFin_mul]
  exact sumFin_congr fun j => by rw [get₁_scaleSpec, mul_assoc]

/-- `(W c) x = (W x) c`. -/
theorem scale_matVecMulSpec (w : Mat α m n) (x : Vec α n) (c : α) :
    matVecMulSpec (scaleSpec w c) x = scaleSpec (matVecMulSpec w x) c := by
  refine ext₁ fun i => ?_
  rw [get₁_scaleSpec, get₁_matVecMulSpec, get₁_matVecMulSpec, sumFin_mul]
  exact sumFin_congr fun j => by rw [get₂_scaleSpec]; ac_rfl

/-- `g W = Wᵀ g`: the vector–matrix product is the product by the transpose. -/
theorem vecMatMulSpec_eq_transpose (g : Vec α m) (w : Mat α m n) :
    vecMatMulSpec g w = matVecMulSpec (matTransposeSpec w) g :=
  ext₁ fun j => by
    rw [get₁_vecMatMulSpec, get₁_matVecMulSpec]
    exact sumFin_congr fun i => mul_comm _ _

/-- `⟨x, y⟩ = ⟨y, x⟩`. -/
theorem innerProduct_comm (x y : Vec α n) : innerProduct x y = innerProduct y x :=
  sumFin_congr fun _ => mul_comm _ _

/-- `⟨g, x + y⟩ = ⟨g, x⟩ + ⟨g, y⟩`. -/
theorem innerProduct_add (g x y : Vec α n) :
    innerProduct g (addSpec x y) = innerProduct g x + innerProduct g y := by
  unfold innerProduct
  rw [← sumFin_add]
  exact sumFin_congr fun i => by rw [get₁_addSpec, mul_add]

/-- The adjoint of `x ↦ W x` is `g ↦ Wᵀ g`: `⟨g, W x⟩ = ⟨g W, x⟩`. -/
theorem innerProduct_matVecMulSpec (g : Vec α m) (w : Mat α m n) (x : Vec α n) :
    innerProduct g (matVecMulSpec w x) = innerProduct (vecMatMulSpec g w) x := by
  unfold innerProduct
  have left : ∀ i, g.get₁ i * (matVecMulSpec w x).get₁ i
      = sumFin n fun j => g.get₁ i * w.get₂ i j * x.get₁ j := fun i => by
    rw [get₁_matVecMulSpec, mul_sumFin]
    exact sumFin_congr fun j => (mul_assoc _ _ _).symm
  have right : ∀ j, (vecMatMulSpec g w).get₁ j * x.get₁ j
      = sumFin m fun i => g.get₁ i * w.get₂ i j * x.get₁ j := fun j => by
    rw [get₁_vecMatMulSpec, sumFin_mul]
  rw [sumFin_congr left, sumFin_congr right, sumFin_comm]

/-- The adjoint of `V ↦ V x` is `g ↦ g ⊗ x`: `⟨g, V x⟩ = ⟨g ⊗ x, V⟩`. -/
theorem innerProduct_outerProductSpec (g : Vec α m) (v : Mat α m n) (x : Vec α n) :
    innerProduct g (matVecMulSpec v x) = innerProduct₂ (outerProductSpec g x) v := by
  unfold innerProduct innerProduct₂
  refine sumFin_congr fun i => ?_
  rw [get₁_matVecMulSpec, mul_sumFin]
  exact sumFin_congr fun j => by rw [get₂_outerProductSpec]; ac_rfl

end Semiring

section Ring

variable [Add α] [Mul α] [Zero α] [One α] [Sub α] [CommRingLaws α]

/-- `⟨x, eₖ⟩ = xₖ`. -/
theorem innerProduct_oneHot (x : Vec α n) (k : Fin n) : innerProduct x (oneHot k) = x.get₁ k :=
  sumFin_oneHot k fun i => x.get₁ i

/-- `⟨A, Eₖₗ⟩ = Aₖₗ`. -/
theorem innerProduct₂_oneHot₂ (a : Mat α m n) (k : Fin m) (l : Fin n) :
    innerProduct₂ a (oneHot₂ k l) = a.get₂ k l := by
  have row : ∀ i, (sumFin n fun j => a.get₂ i j * (oneHot₂ k l).get₂ i j)
      = a.get₂ i l * if i = k then 1 else 0 := fun i => by
    show (sumFin n fun j => a.get₂ i j * if i = k then (if j = l then 1 else 0) else 0) = _
    by_cases h : i = k
    · rw [if_pos h, sumFin_congr fun j => by rw [if_pos h], sumFin_oneHot l, mul_one]
    · rw [if_neg h, sumFin_congr fun j => by rw [if_neg h, mul_zero], sumFin_const_zero, mul_zero]
  unfold innerProduct₂
  rw [sumFin_congr row, sumFin_oneHot k fun i => a.get₂ i l]

/-- A vector is determined by its inner products. -/
theorem eq_of_innerProduct {x y : Vec α n} (h : ∀ v, innerProduct x v = innerProduct y v) : x = y :=
  ext₁ fun k => by rw [← innerProduct_oneHot, h, innerProduct_oneHot]

/-- A matrix is determined by its inner products. -/
theorem eq_of_innerProduct₂ {a b : Mat α m n} (h : ∀ v, innerProduct₂ a v = innerProduct₂ b v) : a = b :=
  ext₂ fun k l => by rw [← innerProduct₂_oneHot₂, h, innerProduct₂_oneHot₂]

end Ring

end Spec
