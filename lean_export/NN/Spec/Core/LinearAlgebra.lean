import NN.Spec.Core.Tensor

/-!
# Linear algebra on tensors

Every sum is a left fold from zero, in the order of the index. The order matters to the floating-point readings
of the spec alone; `NN.Spec.Core.Sum` shows that the exact readings do not see it.

Main definitions: `Spec.sumFin`, `Spec.addSpec`, `Spec.scaleSpec`, `Spec.matVecMulSpec`, `Spec.vecMatMulSpec`,
`Spec.matMulSpec`, `Spec.matTransposeSpec`, `Spec.outerProductSpec`, `Spec.sumFirstAxisSpec`.
-/

namespace Spec

variable {α : Type} {m n k : Nat}

/-- `((0 + f 0) + f 1) + … + f (n - 1)`. -/
def sumFin [Add α] [Zero α] (n : Nat) (f : Fin n → α) : α :=
  Fin.foldl n (fun acc i => acc + f i) 0

/-- `sumFin` as compiled code runs it: over a list of the indices, since a fold over the numbers below `n` may stack `n`
functions that each lift the index once. -/
def sumFinList [Add α] [Zero α] (n : Nat) (f : Fin n → α) : α :=
  (List.finRange n).foldl (fun acc i => acc + f i) 0

/-- A fold over the numbers below `n` is one over the list of them. -/
theorem foldl_eq_foldl_finRange (n : Nat) (f : α → Fin n → α) (init : α) :
    Fin.foldl n f init = (List.finRange n).foldl f init := by
  induction n generalizing init with
  | zero => rw [Fin.foldl_zero, List.finRange_zero, List.foldl_nil]
  | succ n ih => rw [Fin.foldl_succ, List.finRange_succ, List.foldl_cons, List.foldl_map, ih]

@[csimp] theorem sumFin_eq_sumFinList : @sumFin = @sumFinList := by
  funext α _ _ n f
  exact foldl_eq_foldl_finRange n _ 0

/-- Element-wise addition. -/
def addSpec [Add α] {s : Shape} (a b : Tensor α s) : Tensor α s := Tensor.zipWith (· + ·) a b

/-- Every element times `c`, the element on the left. -/
def scaleSpec [Mul α] {s : Shape} (a : Tensor α s) (c : α) : Tensor α s := a.map (· * c)

/-- `(W x)ᵢ = Σⱼ Wᵢⱼ xⱼ`. -/
def matVecMulSpec [Add α] [Mul α] [Zero α]
    (w : Tensor α (Shape.dim m (Shape.dim n Shape.scalar))) (x : Tensor α (Shape.dim n Shape.scalar)) :
    Tensor α (Shape.dim m Shape.scalar) :=
  Tensor.ofFn₁ fun i => sumFin n fun j => w.get₂ i j * x.get₁ j

/-- `(g W)ⱼ = Σᵢ gᵢ Wᵢⱼ`, which is `Wᵀ g`. -/
def vecMatMulSpec [Add α] [Mul α] [Zero α]
    (g : Tensor α (Shape.dim m Shape.scalar)) (w : Tensor α (Shape.dim m (Shape.dim n Shape.scalar))) :
    Tensor α (Shape.dim n Shape.scalar) :=
  Tensor.ofFn₁ fun j => sumFin m fun i => g.get₁ i * w.get₂ i j

/-- `(A B)ᵢⱼ = Σₗ Aᵢₗ Bₗⱼ`. -/
def matMulSpec [Add α] [Mul α] [Zero α]
    (a : Tensor α (Shape.dim m (Shape.dim k Shape.scalar)))
    (b : Tensor α (Shape.dim k (Shape.dim n Shape.scalar))) :
    Tensor α (Shape.dim m (Shape.dim n Shape.scalar)) :=
  Tensor.ofFn₂ fun i j => sumFin k fun l => a.get₂ i l * b.get₂ l j

/-- Rows become columns. -/
def matTransposeSpec (a : Tensor α (Shape.dim m (Shape.dim n Shape.scalar))) :
    Tensor α (Shape.dim n (Shape.dim m Shape.scalar)) :=
  Tensor.ofFn₂ fun i j => a.get₂ j i

/-- `(g ⊗ x)ᵢⱼ = gᵢ xⱼ`. -/
def outerProductSpec [Mul α]
    (g : Tensor α (Shape.dim m Shape.scalar)) (x : Tensor α (Shape.dim n Shape.scalar)) :
    Tensor α (Shape.dim m (Shape.dim n Shape.scalar)) :=
  Tensor.ofFn₂ fun i j => g.get₁ i * x.get₁ j

/-- Sum over the first axis of a matrix: `Σᵢ Aᵢⱼ`. -/
def sumFirstAxisSpec [Add α] [Zero α] (a : Tensor α (Shape.dim m (Shape.dim n Shape.scalar))) :
    Tensor α (Shape.dim n Shape.scalar) :=
  Tensor.ofFn₁ fun j => sumFin m fun i => a.get₂ i j

end Spec
