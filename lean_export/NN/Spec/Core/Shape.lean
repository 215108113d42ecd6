/-!
# Shapes

The shape of a tensor, outermost dimension first.

Main definitions: `Spec.Shape`, `Spec.Shape.size`, `Spec.Shape.toList`.
-/

namespace Spec

/-- `scalar` has one element; `dim n s` is `n` blocks of shape `s`. -/
inductive Shape where
  | scalar : Shape
  | dim : Nat → Shape → Shape
  deriving DecidableEq, Repr, Inhabited

namespace Shape

/-- The number of elements. -/
def size : Shape → Nat
  | scalar => 1
  | dim n s => n * s.size

/-- The dimensions, outermost first. -/
def toList : Shape → List Nat
  | scalar => []
  | dim n s => n :: s.toList

/-- The shape with the given dimensions, outermost first. -/
def ofList : List Nat → Shape
  | [] => scalar
  | n :: ns => dim n (ofList ns)

theorem ofList_toList (s : Shape) : ofList s.toList = s := by
  induction s with
  | scalar => rfl
  | dim n s ih => exact congrArg (dim n) ih

end Shape

end Spec
