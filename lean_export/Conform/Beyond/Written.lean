import Conform.Beyond.Number
import Conform.Elements

/-!
# What is written of a number beyond the ring

Main definition: `Conform.Beyond.read`.
-/

namespace Conform

namespace Beyond

variable {s : Setting}

/-- Numbers of a greater leading exponent are infinite in every format. -/
def largestWritten : Int := 1100

/-- What bounds an error has at least this exponent where it is not zero: less matters in no format. -/
def leastWritten : Int := -1300

/-- Bits of a magnitude that is written, rounded up. -/
def magnitudeBits : Nat := 24

/-- A bound as it is written: not longer than matters. -/
def atLeast (x : Dyadic) : Dyadic :=
  if !x.isZero && x.leadingExponent < leastWritten then .twoPow leastWritten else x

/-- An upper bound as it is written; what is past all formats is infinite. -/
def writeBound (x : Dyadic) : Ext :=
  if !x.isZero && largestWritten < x.leadingExponent then .inf false else .finite (atLeast x)

/-- What is written of an element. -/
def read (x : Beyond s) : BeyondElement :=
  let past := x.value.isPast ||
    (!x.value.mid.isZero && largestWritten < x.value.mid.leadingExponent)
  let small := !x.value.mid.isZero && x.value.mid.leadingExponent < leastWritten
  { value := if past then .inf (x.value.toExt.isNegative)
      else if small then .finite 0
      else x.value.toExt
    radius := if past then 0 else atLeast (if small then x.value.size else x.value.rad)
    magnitude := if past then .inf false
      else match x.value with
        | .nan => .nan
        | .inf _ => .inf false
        | _ => writeBound (x.magnitude.roundUp magnitudeBits)
    models := s.models.zip x.errors |>.map fun (model, e) =>
      (model.name,
        { depth := e.depth
          underflow := writeBound e.underflow
          inherited := match e.inherited with
            -- A number that is past all formats by its value is not, where that may be off by half of it.
            | .finite i => if past && !(i ≤ x.value.mid.abs.half) then .inf false else writeBound i
            | .inf _ => .inf false
          peak := match x.peak model e with
            | .finite peak => writeBound peak
            | _ => .inf false }) }

end Beyond

end Conform
