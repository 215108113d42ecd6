import Conform.Beyond.Number
import Conform.Elements

/-!
# What is written of a number beyond the ring

Main definitions: `Conform.Beyond.read`, `Conform.Beyond.readAll`.
-/

namespace Conform

namespace Beyond

variable {s : Setting}

/-- Numbers of a greater leading exponent are infinite in every format. -/
def largestWritten : Int := 1100

/-- What bounds an error has at least this exponent where it is not zero: less matters in no format. -/
def leastWritten : Int := -1300

/-- Bits of a magnitude that is written, rounded up. -/
def magnitudeBits : Nat := 16

/-- Bits of an underflow weight or a radius that is written, rounded up: the one counts smallest subnormal numbers, the
other is far below what any arithmetic is off by. -/
def coarseBits : Nat := 4

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
    radius := if past then 0 else atLeast ((if small then x.value.size else x.value.rad).roundUp coarseBits)
    magnitude := if past then .inf false
      else match x.value with
        | .nan => .nan
        | .inf _ => .inf false
        | _ => writeBound (x.magnitude.roundUp magnitudeBits)
    models := s.models.zip x.errors |>.map fun (model, e) =>
      (model.name,
        { depth := e.depth
          underflow := writeBound (e.underflow.roundUp coarseBits)
          inherited := match e.inherited with
            -- A number that is past all formats by its value is not, where that may be off by half of it.
            | .finite i => if past && !(i ≤ x.value.mid.abs.half) then .inf false else writeBound i
            | .inf _ => .inf false
          peak := match x.peak model e with
            | .finite peak => writeBound peak
            | _ => .inf false }) }

/-- The greatest of some peaks, where that is no greater than the largest number of a format. -/
def sharedPeak (f : Format) (peaks : List Ext) : Option Dyadic :=
  peaks.foldl (fun greatest peak =>
    match greatest, peak with
    | some g, .finite p => if p ≤ f.largest then some (max g p) else none
    | _, _ => none) (some 0)

/-- What is written of the elements of a result. Where nothing can overflow in a model, the elements share one peak: all
that it says is that. -/
def readAll (xs : List (Beyond s)) : List BeyondElement :=
  let ys := xs.map read
  let peaks (name : String) : List Ext := ys.map fun y => ((y.models.lookup name).map (·.peak)).getD (.inf false)
  let shared := s.models.filterMap fun model => (sharedPeak model.format (peaks model.name)).map fun p => (model.name, p)
  let share (name : String) (m : ModelReading) : ModelReading :=
    match shared.lookup name with
    | some p => { m with peak := .finite p }
    | none => m
  ys.map fun y => { y with models := y.models.map fun (name, m) => (name, share name m) }

end Beyond

end Conform
