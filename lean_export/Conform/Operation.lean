import Conform.Families
import NN.Spec.Core.LinearAlgebra

/-!
# Operations

What the exporter needs to know of a definition of the spec: how to call it on flat arrays, the symbolic shapes of its
parameters and results, the sums that its results are, and the families that suit it.

Main definitions: `Conform.Operation`, `Conform.scalarOf`, `Conform.vectorOf`, `Conform.matrixOf`.
-/

namespace Conform

/-- A definition of the spec, callable on flat arrays in row-major order. -/
structure Operation where
  name : String
  /-- The name of the definition in Lean. -/
  definition : String
  summary : String
  parameters : List Parameter
  results : List Parameter
  /-- The sums that the families aim at, in turn. -/
  sums : List Sum
  families : List Family
  /-- Run the definition at any scalar type: sizes and arguments in, results out. -/
  run : {α : Type} → [Add α] → [Mul α] → [Zero α] → Sizes → List (Array α) → List (List α)

namespace Operation

/-- One dimension of every symbol that the parameters have, in alphabetical order; of `batch` and `batch+1` the
greater. -/
def dims (op : Operation) : List Dim :=
  let all := (op.parameters.flatMap (·.shape)).eraseDups
  let greatest := all.filter fun d => all.all fun e => e.symbol != d.symbol || e.offset ≤ d.offset
  greatest.mergeSort fun a b => a.symbol < b.symbol || a.symbol = b.symbol

/-- The greatest number of terms in any of the sums. -/
def mostTerms (op : Operation) (sizes : Sizes) : Nat :=
  op.sums.foldl (fun n s => max n (s.terms sizes)) 1

end Operation

/-! Flat arrays to tensors. An index past the end reads zero; the sizes and arrays of a case agree, so there is none. -/

section
variable {α : Type} [Zero α]

/-- The scalar in an array of one element. -/
def scalarOf (xs : Array α) : α := xs.getD 0 0

/-- The vector of the elements of an array. -/
def vectorOf (n : Nat) (xs : Array α) : Spec.Tensor α (Spec.Shape.dim n Spec.Shape.scalar) :=
  Spec.Tensor.ofFn₁ fun i => xs.getD i.val 0

/-- The matrix of the elements of an array, row by row. -/
def matrixOf (m n : Nat) (xs : Array α) :
    Spec.Tensor α (Spec.Shape.dim m (Spec.Shape.dim n Spec.Shape.scalar)) :=
  Spec.Tensor.ofFn₂ fun i j => xs.getD (i.val * n + j.val) 0

end

end Conform
