import Conform.Traced
import NN.Spec.Core.Context

/-!
# The traced scalar as a scalar of the spec

What compares, moves, adds and multiplies stays in the ring. A number of opposite sign has the same rounding components,
`a - b` is `a + (-b)`. The greater of two inputs is one of them; of computed numbers, each component but the value is the
greatest of both, for `max` is 1-Lipschitz and does not round. A comparison is decided by the values, which is what every
arithmetic decides where both sides are inputs or constants.

Quotients and functions are not in the ring: an operation that has them is read at `Conform.Beyond`, and here they are nan.

Main definition: `Context Traced`.
-/

namespace Conform.Traced

/-- What is not in the ring. -/
def outside : Traced := { ofExt .nan with magnitude := .nan }

/-- The number of opposite sign, traced. -/
protected def neg (a : Traced) : Traced := { a with value := -a.value }

/-- `x > y` for exact numbers and special values; nan is not greater than anything, nor anything than nan. -/
def gt (a b : Traced) : Bool :=
  match a.value, b.value with
  | .nan, _ => false
  | _, .nan => false
  | .inf negative, y => !negative && y != .inf false
  | _, .inf negative => negative
  | x, y => !(x.finitePart.ble y.finitePart)

/-- The greatest of a magnitude that may be infinite. -/
def greatest (m n : Ext) : Ext :=
  match m, n with
  | .finite x, .finite y => .finite (max x y)
  | .finite _, n => n
  | m, _ => m

/-- The least quantum of both, and the greatest of each other component, with a value. -/
def both (value : Ext) (a b : Traced) : Traced :=
  { value
    magnitude := greatest a.magnitude b.magnitude
    finite := max a.finite b.finite
    depth := max a.depth b.depth
    underflow := max a.underflow b.underflow
    quantum := least a.quantum b.quantum
    floor := least a.floor b.floor
    peak := max a.peak b.peak }

/-- The one of two numbers that the order prefers, traced; any nan is passed on. -/
def select (takeFirst : Bool) (a b : Traced) : Traced :=
  let chosen := if takeFirst then a else b
  if a.value = .nan then a
  else if b.value = .nan then b
  else if a.depth = 0 && b.depth = 0 then chosen
  else both chosen.value a b

/-- A zero of negative sign is the lesser of two zeros (IEEE 754-2019, §9.6). -/
def prefersFirst (a b : Traced) : Bool := gt a b || (!gt b a && b.value = .negZero)

/-- A natural number. -/
def ofNat (n : Nat) : Traced := ofExt (.finite (.ofInt n))

instance : MathFunctions Traced where
  exp _ := outside
  tanh _ := outside
  cosh _ := outside
  sqrt _ := outside
  abs a := { a with value := a.value.abs }
  log _ := outside
  pi := outside
  cos _ := outside
  sin _ := outside
  sinh _ := outside

instance : Context Traced where
  toMathFunctions := inferInstance
  neg_point_five := ofExt (.finite ⟨-1, -1⟩)
  neg_one := (ofNat 1).neg
  pointone := outside
  pointfive := ofExt (.finite ⟨1, -1⟩)
  one := ofNat 1
  zero := 0
  two := ofNat 2
  three := ofNat 3
  four := ofNat 4
  five := ofNat 5
  ten := ofNat 10
  log10 := outside
  log10000 := outside
  epsilon := outside
  add := Traced.add
  sub a b := a.add b.neg
  mul := Traced.mul
  div _ _ := outside
  neg := Traced.neg
  pow _ _ := outside
  max a b := select (prefersFirst a b) a b
  min a b := select (prefersFirst b a) a b
  beq a b := decide (a = b)
  lt a b := gt b a = true
  le a b := gt a b = false
  coe := ofNat
  decidable_gt a b := inferInstanceAs (Decidable (gt a b = true))

end Conform.Traced
