/-!
# Functions and constants of a scalar

Classes without laws: what a reading of the spec has to offer beyond the arithmetic. Floating-point numbers, enclosures
and exact reals are instances alike; what holds of one of them is said where it is proved.

Main definitions: `MathFunctions`, `Numbers`.

Names and fields are those of TorchLean's `NN.Core.Numeric`.
-/

/-- The functions that definitions of the spec call. -/
class MathFunctions (α : Type) where
  exp : α → α
  tanh : α → α
  cosh : α → α
  sqrt : α → α
  abs : α → α
  log : α → α
  pi : α
  cos : α → α
  sin : α → α
  sinh : α → α

/-- The constants that definitions of the spec name. `log10` and `log10000` are natural logarithms, `epsilon` is one
millionth. -/
class Numbers (α : Type) where
  neg_point_five : α
  neg_one : α
  pointone : α
  pointfive : α
  one : α
  zero : α
  two : α
  three : α
  four : α
  five : α
  ten : α
  log10 : α
  log10000 : α
  epsilon : α
