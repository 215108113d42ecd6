import Conform.Soundness.Promises

/-!
# The traced scalar over an ordered field

The reading of the spec at traces: a number is a trace, or nothing is known of it. Functions inherit what the enclosure
of the model says of the interval of their argument. `Conform.Beyond` is the same in dyadic numbers, rounded up.

Main definitions: `Conform.Soundness.CompositeNumber`, `Context (CompositeNumber S)`,
`Conform.Soundness.CompositeNumber.Decided`, `Conform.Soundness.CompositeNumber.input`.
-/

namespace Conform.Soundness

open Spec Spec.Laws Enclosure

variable {K : Type} [Context K] [Abs K] [Binary K]

namespace Composite

/-- The least number that a computed one may be. -/
def lower (S : ErrorModel K) (t : Composite K) : K :=
  if t.nonneg then max 0 (t.value - t.bound S.u S.η) else t.value - t.bound S.u S.η

/-- The greatest. -/
def upper (S : ErrorModel K) (t : Composite K) : K :=
  if t.nonpos then 0 - max 0 (0 - (t.value + t.bound S.u S.η)) else t.value + t.bound S.u S.η

end Composite

/-- A number of the traced reading in a model: its trace, or none where nothing is known. -/
structure CompositeNumber (S : ErrorModel K) where
  trace : Option (Composite K)

namespace CompositeNumber

variable {S : ErrorModel K}

/-- Nothing is known. -/
def unknown : CompositeNumber S := ⟨none⟩

/-- A trace of one known number. -/
def lift (f : Composite K → Composite K) (x : CompositeNumber S) : CompositeNumber S := ⟨x.trace.map f⟩

/-- A trace of two known numbers. -/
def lift₂ (f : Composite K → Composite K → Composite K) (x y : CompositeNumber S) : CompositeNumber S :=
  ⟨x.trace.bind fun a => y.trace.map (f a)⟩

/-- The two are exact, or their intervals do not meet. -/
def Apart (S : ErrorModel K) (a b : Composite K) : Prop :=
  (a.IsExact ∧ b.IsExact) ∨ ¬b.lower S ≤ a.upper S ∨ ¬a.lower S ≤ b.upper S

/-- A comparison is decided: both numbers are known, and apart. -/
def Decided (x y : CompositeNumber S) : Prop := ∃ a b, x.trace = some a ∧ y.trace = some b ∧ Apart S a b

/-- The first is greater, by the values. -/
def IsGreater (x y : CompositeNumber S) : Prop := ∃ a b, x.trace = some a ∧ y.trace = some b ∧ ¬a.value ≤ b.value

open Classical in
/-- The greater of two: one of them where they are apart, and else the greatest of each component. -/
noncomputable def greater (S : ErrorModel K) (a b : Composite K) : Composite K :=
  if Apart S a b then if a.value ≤ b.value then b else a else .both (max a.value b.value) a b

/-- An input, whose sign is known. -/
noncomputable def input (x : K) : CompositeNumber S :=
  open Classical in ⟨some (.input x (decide (0 ≤ x)) (decide (x ≤ 0)))⟩

/-- A constant that is rounded once. -/
def constant (x : K) : CompositeNumber S := ⟨some (.result x 0 1 1 false false)⟩

/-- A natural number. -/
noncomputable def ofNat (n : Nat) : CompositeNumber S := if S.represents n then input (n : K) else constant (n : K)

open Classical in
/-- A function's value, and what it inherits; its sign where all values on the interval have it. -/
noncomputable def applyTo (S : ErrorModel K) (f : TableFunction) (a : Composite K) : Option (Composite K) :=
  (S.spread f a.value (a.lower S) (a.upper S)).map fun s =>
    .result (f.apply a.value) s (S.table f).roundings (S.table f).underflows
      (decide (∀ x, a.lower S ≤ x → x ≤ a.upper S → 0 ≤ f.apply x))
      (decide (∀ x, a.lower S ≤ x → x ≤ a.upper S → f.apply x ≤ 0))

/-- A function, traced. -/
noncomputable def apply (f : TableFunction) (x : CompositeNumber S) : CompositeNumber S :=
  ⟨x.trace.bind (applyTo S f)⟩

open Classical in
/-- A quotient, and what it inherits. -/
noncomputable def divTo (S : ErrorModel K) (a b : Composite K) : Option (Composite K) :=
  (S.quotientSpread a.value (a.lower S) (a.upper S) b.value (b.lower S) (b.upper S)).map fun s =>
    .result (a.value / b.value) s S.division.roundings S.division.underflows
      (decide (∀ x y, a.lower S ≤ x → x ≤ a.upper S → b.lower S ≤ y → y ≤ b.upper S → 0 ≤ x / y))
      (decide (∀ x y, a.lower S ≤ x → x ≤ a.upper S → b.lower S ≤ y → y ≤ b.upper S → x / y ≤ 0))

/-- The quotient, traced. -/
protected noncomputable def div (x y : CompositeNumber S) : CompositeNumber S :=
  ⟨x.trace.bind fun a => y.trace.bind (divTo S a)⟩

open Classical in
/-- A power of a positive number, `e ^ (y log x)`: it inherits what that does. -/
noncomputable def powTo (S : ErrorModel K) (a b : Composite K) : Option (Composite K) :=
  if a.value ≤ 0 then none
  else (applyTo S .log a).bind fun l => (applyTo S .exp (b.mul l)).map fun p =>
    .result p.value p.inherited S.power.roundings S.power.underflows false false

noncomputable instance : MathFunctions (CompositeNumber S) where
  exp := apply .exp
  tanh := apply .tanh
  cosh := apply .cosh
  sqrt := apply .sqrt
  abs := lift Composite.abs
  log := apply .log
  pi := constant MathFunctions.pi
  cos := apply .cos
  sin := apply .sin
  sinh := apply .sinh

open Classical in
noncomputable instance : Context (CompositeNumber S) where
  toMathFunctions := inferInstance
  default := unknown
  neg_point_five := constant Numbers.neg_point_five
  neg_one := constant Numbers.neg_one
  pointone := constant Numbers.pointone
  pointfive := constant Numbers.pointfive
  one := input 1
  zero := input 0
  two := constant Numbers.two
  three := constant Numbers.three
  four := constant Numbers.four
  five := constant Numbers.five
  ten := constant Numbers.ten
  log10 := constant Numbers.log10
  log10000 := constant Numbers.log10000
  epsilon := constant Numbers.epsilon
  add := lift₂ Composite.add
  sub := lift₂ fun a b => a.add b.neg
  mul := lift₂ Composite.mul
  div := CompositeNumber.div
  neg := lift Composite.neg
  pow x y := ⟨x.trace.bind fun a => y.trace.bind (powTo S a)⟩
  max := lift₂ (greater S)
  min := lift₂ fun a b => (greater S a.neg b.neg).neg
  beq x y := decide (¬IsGreater x y ∧ ¬IsGreater y x)
  lt x y := IsGreater y x
  le x y := ¬IsGreater x y
  coe := ofNat
  decidable_gt x y := inferInstanceAs (Decidable (IsGreater x y))

end CompositeNumber

end Conform.Soundness
