import Conform.Soundness.ActivationError
import Conform.Soundness.ExporterQuotients

/-!
# The exporter's scalar, guarded

The exporter's scalar, with a proposition beside it that says whether something is known of a number and of all that
went into it: that each was finite, and that no divisor could be zero. Comparisons, `max` and `min` are followed where
both numbers are exact, as inputs are; of powers, and of constants that are no natural numbers, nothing is said.

Main definitions: `Conform.Soundness.Guarded`, `Context (Guarded s j)`, `Conform.Soundness.ExporterModel`,
`Conform.Soundness.BackendArithmetic.Follows`.
Main results: `Conform.Soundness.number_respectsContext` (what is beside the scalar changes nothing of it),
`Conform.Soundness.BackendArithmetic.Follows.error_le`.
-/

namespace Conform.Soundness

open Enclosure Spec Spec.Laws Beyond

/-- A number of the exporter, and whether something is known of it and of all that went into it. -/
structure Guarded (s : Setting) (j : Nat) where
  number : Beyond s
  known : Prop

namespace Guarded

variable {s : Setting} {j : Nat}

/-- The number is exact: nothing was computed. -/
def IsExact (g : Guarded s j) : Prop := g.number.value.isExact = true ∧ (g.number.errors.all (·.isExact)) = true

/-- No number that the divisor may be is zero. -/
def IsDivisor (j : Nat) (b : Beyond s) : Prop := ∀ m e J, s.models[j]? = some m → b.errors[j]? = some e →
  b.interval m e = some J → J.hasZero = false

def op₁ (f : Beyond s → Beyond s) (g : Guarded s j) : Guarded s j := ⟨f g.number, g.known ∧ (f g.number).Ordinary j⟩

def op₂ (f : Beyond s → Beyond s → Beyond s) (g h : Guarded s j) : Guarded s j :=
  ⟨f g.number h.number, g.known ∧ h.known ∧ (f g.number h.number).Ordinary j⟩

/-- One of two numbers that are exact. -/
def choose (f : Beyond s → Beyond s → Beyond s) (g h : Guarded s j) : Guarded s j :=
  ⟨f g.number h.number, g.known ∧ h.known ∧ g.IsExact ∧ h.IsExact⟩

protected def div (g h : Guarded s j) : Guarded s j :=
  ⟨g.number.div h.number, g.known ∧ h.known ∧ IsDivisor j h.number ∧ (g.number.div h.number).Ordinary j⟩

/-- A number of which nothing is said. -/
def silent (b : Beyond s) : Guarded s j := ⟨b, False⟩

instance : MathFunctions (Guarded s j) where
  exp := op₁ (apply exp)
  tanh := op₁ (apply tanh)
  cosh := op₁ (apply cosh)
  sqrt := op₁ (apply sqrt)
  abs := fun g => ⟨Beyond.abs g.number, g.known⟩
  log := op₁ (apply log)
  pi := ⟨MathFunctions.pi, (MathFunctions.pi : Beyond s).Ordinary j⟩
  cos := op₁ (apply cos)
  sin := op₁ (apply sin)
  sinh := op₁ (apply sinh)

instance : Context (Guarded s j) where
  toMathFunctions := inferInstance
  default := silent Beyond.unknown
  neg_point_five := silent Numbers.neg_point_five
  neg_one := silent Numbers.neg_one
  pointone := silent Numbers.pointone
  pointfive := silent Numbers.pointfive
  one := ⟨ofNat 1, True⟩
  zero := ⟨ofNat 0, True⟩
  two := silent Numbers.two
  three := silent Numbers.three
  four := silent Numbers.four
  five := silent Numbers.five
  ten := silent Numbers.ten
  log10 := silent Numbers.log10
  log10000 := silent Numbers.log10000
  epsilon := silent Numbers.epsilon
  add := op₂ Beyond.add
  sub := op₂ fun x y => x.add y.neg
  mul := op₂ Beyond.mul
  div := Guarded.div
  neg g := ⟨g.number.neg, g.known⟩
  pow g h := silent (Beyond.pow g.number h.number)
  max := choose Beyond.max
  min := choose Beyond.min
  beq g h := !hasNan g.number h.number && !gt g.number h.number && !gt h.number g.number
  lt g h := gt h.number g.number = true
  le g h := gt g.number h.number = false
  coe n := ⟨ofNat n, True⟩
  decidable_gt g h := inferInstanceAs (Decidable (gt g.number h.number = true))

/-- A comparison that is followed: both are known, and exact. -/
def Decided (g h : Guarded s j) : Prop := g.known ∧ h.known ∧ g.IsExact ∧ h.IsExact

/-- An input. -/
def input (x : Ext) : Guarded s j := ⟨ofExt x, True⟩

end Guarded

/-- What is beside the exporter's numbers changes nothing of them. -/
theorem number_respectsContext {s : Setting} {j : Nat} :
    RespectsContext (fun (g : Guarded s j) (b : Beyond s) => g.number = b) (fun _ _ => True) where
  default := rfl
  one := rfl
  zero := rfl
  add := fun h h' => h ▸ h' ▸ rfl
  sub := fun h h' => h ▸ h' ▸ rfl
  mul := fun h h' => h ▸ h' ▸ rfl
  div := fun h h' => h ▸ h' ▸ rfl
  neg := fun h => h ▸ rfl
  pow := fun h h' => h ▸ h' ▸ rfl
  max := fun h h' => h ▸ h' ▸ rfl
  min := fun h h' => h ▸ h' ▸ rfl
  exp := fun h => h ▸ rfl
  tanh := fun h => h ▸ rfl
  cosh := fun h => h ▸ rfl
  sqrt := fun h => h ▸ rfl
  abs := fun h => h ▸ rfl
  log := fun h => h ▸ rfl
  pi := rfl
  cos := fun h => h ▸ rfl
  sin := fun h => h ▸ rfl
  sinh := fun h => h ▸ rfl
  neg_point_five := rfl
  neg_one := rfl
  pointone := rfl
  pointfive := rfl
  two := rfl
  three := rfl
  four := rfl
  five := rfl
  ten := rfl
  log10 := rfl
  log10000 := rfl
  epsilon := rfl
  natCast := fun _ => rfl
  gt := fun h h' _ => h ▸ h' ▸ Iff.rfl
  le := fun h h' _ => h ▸ h' ▸ Iff.rfl
  beq := fun h h' _ => h ▸ h' ▸ rfl

/-! ## What is assumed -/

/-- What the table of a setting says of a function. -/
def tableEntry (s : Setting) (name : String) : FunctionAccuracy :=
  match s.table.find? name with
  | some a => ⟨a.roundings, a.underflows⟩
  | none => ⟨0, 0⟩

/-- The name of a function in a table. -/
def TableFunction.name : TableFunction → String
  | exp => "exp"
  | tanh => "tanh"
  | cosh => "cosh"
  | sqrt => "sqrt"
  | log => "log"
  | cos => "cos"
  | sin => "sin"
  | sinh => "sinh"

variable {K : Type} [Context K] [Abs K] [Binary K]

/-- What a backend is held to in a model of a setting: its unit roundoff, its underflow, and the table. -/
def errorModel (K : Type) [Context K] [Binary K] (s : Setting) (m : Model) : ErrorModel K where
  u := m.u K
  η := m.η K
  table f := tableEntry s f.name
  division := tableEntry s "div"
  power := tableEntry s "pow"
  represents n := m.format.represents (.finite (.ofInt n))
  spread _ _ _ _ := none
  quotientSpread _ _ _ _ _ _ := none

/-- The exporter's enclosures of a function. -/
def TableFunction.enclosure : TableFunction → Beyond.Function
  | exp => Beyond.exp
  | tanh => Beyond.tanh
  | cosh => Beyond.cosh
  | sqrt => Beyond.sqrt
  | log => Beyond.log
  | cos => Beyond.cos
  | sin => Beyond.sin
  | sinh => Beyond.sinh

/-- That the exporter's enclosures hold the values of a field. -/
structure ExporterEnclosures (K : Type) [Context K] [Abs K] [Binary K] : Prop where
  function : ∀ f : TableFunction, f.enclosure.Encloses (f.HasValue : K → Prop) f.apply
  pi : ∀ c : ExtBall, c = Enclosure.pi → c.Holds (MathFunctions.pi : K)

/-- What the exporter's bound rests on, besides what a backend keeps to: a model of the setting, the field that exact
values are in, and that enclosures hold them. -/
structure ExporterModel (K : Type) [Context K] [Abs K] [Binary K] (s : Setting) (j : Nat) (m : Model) : Prop where
  model : s.models[j]? = some m
  constants : Constants (m.u K) (m.η K)
  reading : ExactReading K
  encloses : ExporterEnclosures K

variable {s : Setting} {j : Nat} {m : Model} {β : Type} [Context β]

/-- The rounded reading and the exporter's: where something is known, the number is within the bound of a number of the
ball. -/
def BackendArithmetic.Follows (M : BackendArithmetic (errorModel K s m) β) (x : β) (g : Guarded s j) : Prop :=
  g.known → ∃ v, Tracks j m (M.value x) v g.number

variable [OrderedFieldLaws K]

/-- **The inequality that an element is judged by**: the computed number is off the midpoint that is written by at most
the error that is written. -/
theorem BackendArithmetic.Follows.error_le (hS : ExporterModel K s j m)
    {M : BackendArithmetic (errorModel K s m) β} {x : β} {g : Guarded s j} (h : M.Follows x g) (known : g.known)
    {e : Errors} {d : Dyadic} (he : g.number.errors[j]? = some e)
    (hd : e.error m g.number.magnitude g.number.value.rad = some d) :
    Abs.abs (M.value x - toRing K g.number.value.mid) ≤ toRing K d := by
  obtain ⟨v, e', i, he', hi, ball, hv, near⟩ := h known
  rw [he] at he'
  cases he'
  exact (Soundness.error_le ball hv hi near hd hS.constants.η_nonneg).1

end Conform.Soundness
