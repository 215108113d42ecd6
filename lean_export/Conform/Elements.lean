import Conform.Enclosure.Rounding
import Conform.Format
import Conform.Traced

/-!
# What is written of a result

In the ring the traced scalar says all of an element, whatever arithmetic it is computed in. Beyond it, errors are
inherited through functions, which depends on the arithmetic before them: so there is a reading for each model, which
is a format that sums are kept in.

Main definitions: `Conform.ModelReading`, `Conform.BeyondElement`, `Conform.Elements`.
-/

namespace Conform

/-- The bits that are written of what is an upper bound. -/
def boundBits : Nat := 16

/-- An upper bound as it is written. -/
def Ext.roundUp : Ext → Ext
  | .finite x => .finite (x.roundUp boundBits)
  | x => x

/-- What the error of an element is made of, in one model. `inherited` is infinite where it has no bound, or where the
element is undecided. -/
structure ModelReading where
  depth : Nat
  underflow : Ext
  inherited : Ext
  peak : Ext
  deriving DecidableEq, Repr, Inhabited

/-- An element of a result beyond the ring: the middle of its enclosure, the radius of that, the magnitude, and what
there is in each model, by the name of its format, in the same order for all elements of a result. -/
structure BeyondElement where
  value : Ext
  radius : Dyadic
  magnitude : Ext
  models : List (String × ModelReading)
  deriving DecidableEq, Repr, Inhabited

namespace BeyondElement

/-- Rounding may decide a comparison either way, and the element with it. -/
def undecided (x : BeyondElement) : BeyondElement :=
  { x with models := x.models.map fun (name, model) => (name, { model with inherited := .inf false }) }

/-- Something on the way may be greater than the largest number of the format, in its own arithmetic. -/
def overflows (x : BeyondElement) (f : Format) : Bool :=
  match x.models.lookup f.name with
  | some { peak := .finite peak, .. } => !(peak ≤ f.largest)
  | _ => true

end BeyondElement

/-- The elements of a result. -/
inductive Elements where
  | ring (elements : List Traced)
  | beyond (elements : List BeyondElement)
  deriving DecidableEq, Repr, Inhabited

end Conform
