import Conform.SplitMix64
import Conform.TracedOrder

/-!
# Which formula a number is computed by

A scalar of nothing but the steps that lead to a number, condensed to 64 bits, and of the numbers that are known exactly,
which are inputs and small constants. Comparisons of known numbers are decided, all others come out as the type says. So
where a definition gives the same with both outcomes, no comparison of computed numbers has a part in the result, and
rounding decides nothing. It costs no arithmetic.

Main definitions: `Conform.Formula`, `Context (Formula outcome)`.
-/

namespace Conform

/-- A number that is known exactly, or the condensed steps to one that is computed. -/
inductive Formula (outcome : Bool) where
  | known (x : Ext)
  | computed (steps : UInt64)
  deriving DecidableEq, Inhabited

namespace Formula

variable {outcome : Bool}

/-- The condensed steps to a number. -/
def steps : Formula outcome → UInt64
  | known .nan => 1
  | known .negZero => 2
  | known (.inf negative) => if negative then 3 else 4
  | known (.finite x) => (SplitMix64.child ⟨UInt64.ofNat x.mantissa.natAbs⟩
      (4 * x.exponent.natAbs + (if x.isNegative then 2 else 0) + (if x.exponent < 0 then 1 else 0))).seed
  | computed steps => steps

/-- The number that a step of this name makes of others. -/
def step (name : String) (arguments : List (Formula outcome)) : Formula outcome :=
  .computed (arguments.foldl (fun h a => SplitMix64.mix (h * SplitMix64.gamma + a.steps)) (SplitMix64.hashText name))

/-- A natural number; every format has those of eight bits. -/
def ofNat (n : Nat) : Formula outcome :=
  let exact := known (.finite (.ofInt n))
  if n ≤ 256 then exact else step "nat" [exact]

/-- A change of sign and the like, which is exact. -/
def exactly (name : String) (f : Ext → Ext) : Formula outcome → Formula outcome
  | known x => known (f x)
  | x => step name [x]

/-- The greater or the lesser of two numbers. -/
def select (name : String) (f : Traced → Traced → Traced) (x y : Formula outcome) : Formula outcome :=
  match x, y with
  | known a, known b => known (f (.ofExt a) (.ofExt b)).value
  | x, y => step name [x, y]

/-- `x > y`, for known numbers. -/
def gt (x y : Formula outcome) : Bool :=
  match x, y with
  | known a, known b => Traced.gt (.ofExt a) (.ofExt b)
  | _, _ => outcome

instance : MathFunctions (Formula outcome) where
  exp x := step "exp" [x]
  tanh x := step "tanh" [x]
  cosh x := step "cosh" [x]
  sqrt x := step "sqrt" [x]
  abs := exactly "abs" Ext.abs
  log x := step "log" [x]
  pi := step "pi" []
  cos x := step "cos" [x]
  sin x := step "sin" [x]
  sinh x := step "sinh" [x]

instance : Context (Formula outcome) where
  toMathFunctions := inferInstance
  neg_point_five := known (.finite ⟨-1, -1⟩)
  neg_one := known (.finite ⟨-1, 0⟩)
  pointone := step "pointone" []
  pointfive := known (.finite ⟨1, -1⟩)
  one := ofNat 1
  zero := ofNat 0
  two := ofNat 2
  three := ofNat 3
  four := ofNat 4
  five := ofNat 5
  ten := ofNat 10
  log10 := step "log10" []
  log10000 := step "log10000" []
  epsilon := step "epsilon" []
  add x y := step "add" [x, y]
  sub x y := step "sub" [x, y]
  mul x y := step "mul" [x, y]
  div x y := step "div" [x, y]
  neg := exactly "neg" Ext.neg
  pow x y := step "pow" [x, y]
  max := select "max" max
  min := select "min" min
  beq x y := !gt x y && !gt y x
  lt x y := gt y x = true
  le x y := gt x y = false
  coe := ofNat
  decidable_gt x y := inferInstanceAs (Decidable (gt x y = true))

end Formula

end Conform
