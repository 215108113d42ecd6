import NN.Core.Numeric

/-!
# The scalar interface

Everything that a definition of the spec may ask of its scalars. It has no laws: a theorem about a definition names
those that it needs.

Main definitions: `Context`, `Context.gtBool`.

Name and fields are those of TorchLean's `NN.Spec.Core.Context`.
-/

/-- A scalar type that the spec can be read at. -/
class Context (α : Type) extends Inhabited α, One α, Zero α, Add α, Sub α, Mul α, Div α, Neg α, Pow α α, Max α, Min α,
    BEq α, LT α, LE α, MathFunctions α, Numbers α, Coe Nat α where
  decidable_gt : DecidableRel (fun x y : α => x > y)

/-- A comparison in an `if` is decided by the scalar. -/
instance {α : Type} [Context α] : DecidableRel (fun x y : α => x > y) := Context.decidable_gt

/-- Whether `x` is greater than `y`. -/
def Context.gtBool {α : Type} [Context α] (x y : α) : Bool := if x > y then true else false
