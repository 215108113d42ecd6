import NN.Spec.Core.Tensor

/-!
# Tensors and flat arrays

The one place where the exporter makes tensors and reads them: with the import above changed, it runs another text of
the spec. It knows of a tensor that it is a scalar, or a function from an index to the block there. Arrays are in
row-major order. An index past the end reads zero; the sizes and arrays of a case agree, so there is none.

Main definitions: `Conform.tensorOf`, `Conform.scalarOf`, `Conform.vectorOf`, `Conform.matrixOf`, `Conform.elements`.
-/

namespace Conform

open Spec (Shape Tensor)

/-- The number of elements of a tensor of a shape. -/
def countOf : Shape → Nat
  | .scalar => 1
  | .dim n s => n * countOf s

/-- The shape with the given dimensions, outermost first. -/
def shapeOf : List Nat → Shape
  | [] => .scalar
  | n :: ns => .dim n (shapeOf ns)

section
variable {α : Type} [Zero α]

/-- The tensor of a shape that begins at element `start` of an array. -/
def tensorAt (xs : Array α) (start : Nat) : (s : Shape) → Tensor α s
  | .scalar => .scalar (xs.getD start 0)
  | .dim _ s => let block := countOf s; .dim fun i => tensorAt xs (start + i.val * block) s

/-- The tensor of the elements of an array. -/
def tensorOf (s : Shape) (xs : Array α) : Tensor α s := tensorAt xs 0 s

/-- The scalar in an array of one element. -/
def scalarOf (xs : Array α) : α := xs.getD 0 0

/-- The vector of the elements of an array. -/
def vectorOf (n : Nat) (xs : Array α) : Tensor α (.dim n .scalar) := .dim fun i => .scalar (xs.getD i.val 0)

/-- The matrix of the elements of an array, row by row. -/
def matrixOf (m n : Nat) (xs : Array α) : Tensor α (.dim m (.dim n .scalar)) :=
  .dim fun i => .dim fun j => .scalar (xs.getD (i.val * n + j.val) 0)

end

/-- The elements of a tensor. -/
def elements {α : Type} : {s : Shape} → Tensor α s → List α
  | _, .scalar x => [x]
  | .dim n _, .dim f => (List.finRange n).flatMap fun i => elements (f i)

end Conform
