import Conform.Soundness.CompositeArithmetic
import NN.Spec.Core.ContextRelation

/-!
# What the bound of a definition with functions in it rests on

Three things are assumed, each in a structure of its own: that the numbers of the exact reading are those of an ordered
field (`ExactReading`), how far a function moves on an interval (`ErrorModel.Encloses`), and what a backend keeps to
(`BackendArithmetic`). Nothing overflows where they hold; what does is judged by a rule of its own.

Main definitions: `Conform.Soundness.TableFunction`, `Conform.Soundness.ErrorModel`,
`Conform.Soundness.ExactReading`, `Conform.Soundness.ErrorModel.Encloses`, `Conform.Soundness.BackendArithmetic`.
-/

namespace Conform.Soundness

open Spec Spec.Laws Enclosure

/-- The functions of one argument that a table says the accuracy of. -/
inductive TableFunction where
  | exp | tanh | cosh | sqrt | log | cos | sin | sinh

/-- The function of a scalar type. -/
def TableFunction.apply {α : Type} [MathFunctions α] : TableFunction → α → α
  | exp => MathFunctions.exp
  | tanh => MathFunctions.tanh
  | cosh => MathFunctions.cosh
  | sqrt => MathFunctions.sqrt
  | log => MathFunctions.log
  | cos => MathFunctions.cos
  | sin => MathFunctions.sin
  | sinh => MathFunctions.sinh

/-- The roundings and the underflows that an error of a function amounts to. -/
structure FunctionAccuracy where
  roundings : Nat
  underflows : Nat

/-- All that a bound depends on, besides the definition and its inputs. -/
structure ErrorModel (K : Type) where
  /-- The unit roundoff. -/
  u : K
  /-- The most that one operation may lose to underflow. -/
  η : K
  /-- The table of functions. -/
  table : TableFunction → FunctionAccuracy
  division : FunctionAccuracy
  power : FunctionAccuracy
  /-- The natural numbers that the format has. -/
  represents : Nat → Bool
  /-- How far values of a function on an interval may be from the value at one of its points, by that point and both
  ends; nothing where a number of the interval has no value. -/
  spread : TableFunction → K → K → K → Option K
  /-- The same of quotients: the numerator with its ends, then the denominator with its ends. -/
  quotientSpread : K → K → K → K → K → K → Option K

variable {K : Type} [Context K] [Abs K] [Binary K]

/-- The exact reading of the spec: the rest of `Context` is what an ordered field makes it. -/
structure ExactReading (K : Type) [Context K] [Abs K] [Binary K] : Prop where
  neg_eq : ∀ x : K, -x = 0 - x
  abs_eq : ∀ x : K, MathFunctions.abs x = Abs.abs x
  min_eq : ∀ x y : K, min x y = 0 - max (0 - x) (0 - y)
  div_mul_cancel : ∀ x y : K, y ≠ 0 → x / y * y = x
  natCast_eq : ∀ n : Nat, (n : K) = ofInt n
  gt_iff : ∀ x y : K, x > y ↔ ¬x ≤ y
  beq_iff : ∀ x y : K, (x == y) = true ↔ x ≤ y ∧ y ≤ x
  pow_eq : ∀ x y : K, Positive x → x ^ y = MathFunctions.exp (y * MathFunctions.log x)

/-- Where a function has a value. -/
def TableFunction.HasValue : TableFunction → K → Prop
  | log, x => Positive x
  | sqrt, x => 0 ≤ x
  | _, _ => True

/-- What an enclosure is: where it gives a distance, every number of the interval has a value, and that is no farther
from the value at the point. -/
structure ErrorModel.Encloses (S : ErrorModel K) : Prop where
  function : ∀ {f : TableFunction} {v lower upper s : K}, S.spread f v lower upper = some s →
    ∀ x, lower ≤ x → x ≤ upper → f.HasValue x ∧ Abs.abs (f.apply x - f.apply v) ≤ s
  quotient : ∀ {v l u w l' u' s : K}, S.quotientSpread v l u w l' u' = some s → ∀ x y, l ≤ x → x ≤ u → l' ≤ y → y ≤ u' →
    y ≠ 0 ∧ Abs.abs (x / y - v / w) ≤ s

/-- What a backend keeps to: the numbers of `β` stand for exact numbers, each operation is rounded in some way, each
function is as accurate as the table says, and what only compares and moves is exact. -/
structure BackendArithmetic (S : ErrorModel K) (β : Type) [Context β] where
  value : β → K
  zero : value 0 = 0
  one : value 1 = 1
  natCast : ∀ n : Nat, S.represents n = true → value (n : β) = (n : K)
  natCast_accurate : ∀ n : Nat, Accurate S.u S.η 1 0 (n : K) (value (n : β))
  add : ∀ x y : β, Correct S.u S.η (value x + value y) (value (x + y))
  sub : ∀ x y : β, Correct S.u S.η (value x - value y) (value (x - y))
  mul : ∀ x y : β, Correct S.u S.η (value x * value y) (value (x * y))
  div : ∀ x y : β, value y ≠ 0 →
    Accurate S.u S.η S.division.roundings S.division.underflows (value x / value y) (value (x / y))
  pow : ∀ x y : β, Positive (value x) →
    Accurate S.u S.η S.power.roundings S.power.underflows (value x ^ value y) (value (x ^ y))
  function : ∀ (f : TableFunction) (x : β), f.HasValue (value x) →
    Accurate S.u S.η (S.table f).roundings (S.table f).underflows (f.apply (value x)) (value (f.apply x))
  neg : ∀ x : β, value (-x) = 0 - value x
  abs : ∀ x : β, value (MathFunctions.abs x) = Abs.abs (value x)
  max : ∀ x y : β, value (max x y) = Max.max (value x) (value y)
  min : ∀ x y : β, value (min x y) = Min.min (value x) (value y)
  gt_iff : ∀ x y : β, x > y ↔ ¬value x ≤ value y
  le_iff : ∀ x y : β, x ≤ y ↔ value x ≤ value y
  beq_iff : ∀ x y : β, (x == y) = true ↔ value x ≤ value y ∧ value y ≤ value x
  pi : Accurate S.u S.η 1 0 MathFunctions.pi (value MathFunctions.pi)
  neg_point_five : Correct S.u S.η Numbers.neg_point_five (value Numbers.neg_point_five)
  neg_one : Correct S.u S.η Numbers.neg_one (value Numbers.neg_one)
  pointone : Correct S.u S.η Numbers.pointone (value Numbers.pointone)
  pointfive : Correct S.u S.η Numbers.pointfive (value Numbers.pointfive)
  two : Correct S.u S.η Numbers.two (value Numbers.two)
  three : Correct S.u S.η Numbers.three (value Numbers.three)
  four : Correct S.u S.η Numbers.four (value Numbers.four)
  five : Correct S.u S.η Numbers.five (value Numbers.five)
  ten : Correct S.u S.η Numbers.ten (value Numbers.ten)
  log10 : Correct S.u S.η Numbers.log10 (value Numbers.log10)
  log10000 : Correct S.u S.η Numbers.log10000 (value Numbers.log10000)
  epsilon : Correct S.u S.η Numbers.epsilon (value Numbers.epsilon)

/-- Exact arithmetic keeps to all of it. -/
def ExactReading.arithmetic [OrderedFieldLaws K] {S : ErrorModel K} (hK : ExactReading K) (hc : Constants S.u S.η) :
    BackendArithmetic S K :=
  have exact (c E : Nat) (x : K) : Accurate S.u S.η c E x x := .exact hc.u_nonneg hc.η_nonneg c E x
  { value := id
    zero := rfl
    one := rfl
    natCast := fun _ _ => rfl
    natCast_accurate := fun _ => exact 1 0 _
    add := fun _ _ => exact 1 1 _
    sub := fun _ _ => exact 1 1 _
    mul := fun _ _ => exact 1 1 _
    div := fun _ _ _ => exact _ _ _
    pow := fun _ _ _ => exact _ _ _
    function := fun _ _ _ => exact _ _ _
    neg := hK.neg_eq
    abs := hK.abs_eq
    max := fun _ _ => rfl
    min := fun _ _ => rfl
    gt_iff := hK.gt_iff
    le_iff := fun _ _ => Iff.rfl
    beq_iff := hK.beq_iff
    pi := exact 1 0 _
    neg_point_five := exact 1 1 _
    neg_one := exact 1 1 _
    pointone := exact 1 1 _
    pointfive := exact 1 1 _
    two := exact 1 1 _
    three := exact 1 1 _
    four := exact 1 1 _
    five := exact 1 1 _
    ten := exact 1 1 _
    log10 := exact 1 1 _
    log10000 := exact 1 1 _
    epsilon := exact 1 1 _ }

end Conform.Soundness
