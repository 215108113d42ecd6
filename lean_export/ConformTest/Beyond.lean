import Conform.Plan
import Conform.Registry

/-!
# Tests of the scalar beyond the ring
-/

namespace ConformTest.Beyond

open Conform

private abbrev Single := Conform.Beyond (Setting.of .openCL .float32)
private def at_ (m : Int) (e : Int := 0) : Single := .ofExt (number m e)
private def number_ (n : Nat) : Single := Conform.Beyond.ofNat n
private def inf : Single := .ofExt (.inf false)
private def model (x : Single) (name : String := "float32") : ModelReading := (x.read.models.lookup name).getD default
private def known (x : Single) : Bool := x.read.models.all fun (_, m) => m.inherited != .inf false
private def exp (x : Single) : Single := MathFunctions.exp x
private def log (x : Single) : Single := MathFunctions.log x
private def sqrt (x : Single) : Single := MathFunctions.sqrt x

/-- One less one, which a computed difference of thirds need not be. -/
private def third : Single := at_ 1 / at_ 3
private def zero : Single := third + third + third - at_ 1

/-! Inputs are exact, and a function of one inherits nothing. -/
#guard model (at_ 3) = ⟨0, 0, 0, 0⟩ && model (exp (at_ 1)) = { model (exp (at_ 1)) with depth := 6, underflow := number 3, inherited := 0 }
#guard model (third) = { model third with depth := 5, underflow := number 3, inherited := 0 }

/-! The depth of a sum is that of its deepest term and the number of its additions, in any order and association. -/
#guard (model (third + at_ 1 + at_ 2)).depth = 7 && (model (at_ 1 + at_ 2 + third)).depth = 7
#guard (model (at_ 1 + third + (at_ 2 + at_ 4))).depth = 8 && (model (third * (at_ 1 + at_ 2))).depth = 7
#guard (model (-third)).depth = 5 && (model (third - third)).depth = 6

/-! What an argument is off by, its function inherits: `x - y` of magnitude `3` may be off by `3 u`, and so may
`exp (x - y)`, relatively; a little more with what is rounded up. -/
private def inheritedOf (x : Single) : Dyadic := (model x).inherited.finitePart
#guard let e := inheritedOf (exp (at_ 1 - at_ 2)); let v := (exp (at_ (-1))).read.value.finitePart
  v * .normalize 3 (-24) ≤ e && e ≤ v * .normalize 3073 (-34)
#guard inheritedOf (exp (at_ 1 - at_ 2)) ≤ .twoPow (-20) && (model (exp (at_ 1 - at_ 2)) "float64").inherited.finitePart ≤ .twoPow (-49)

/-! A constant that the format lacks is rounded once. -/
#guard (model (number_ 3)).depth = 0 && (model (number_ (2 ^ 24 + 1))).depth = 1
#guard (model (number_ (2 ^ 24 + 1)) "float64").depth = 0 && (model (MathFunctions.pi : Single)).depth = 1

/-! Special values, where they are what they are however they are computed. -/
#guard (inf - inf).read.value = .nan && known (inf - inf) && known (inf * at_ 0) && known (inf / inf) && known (sqrt (at_ (-1)))
#guard known (log (at_ 0)) && (log (at_ 0)).read.value = .inf true && known (at_ 1 / at_ 0)
#guard known (sqrt (third - at_ 1)) && (sqrt (third - at_ 1)).read.value = .nan

/-! And where rounding may make something else of them: of the logarithm, the root and the reciprocal of a computed zero,
and of that times an infinity, nothing is known. -/
#guard !known (log zero) && !known (sqrt zero) && !known (at_ 1 / zero) && !known (inf * zero) && !known (zero / zero)
#guard !known (log (third - third - at_ 1 (-60))) && !known (exp (log zero)) && !known (log zero - log zero)

/-! An intermediate past the largest number: an infinity with the sign of the terms, and nothing known where it meets one
of opposite sign. -/
private def huge : Single := at_ 1 127 * at_ 3
#guard known (at_ 1 / huge) && (model (at_ 1 / huge)).inherited.finitePart ≤ .twoPow (-127) && inheritedOf (at_ 1 / huge) != 0
#guard !known (MathFunctions.tanh (huge - huge)) && (model (MathFunctions.tanh (huge - huge)) "float64").inherited.isFinite
#guard !known (huge * (third - third)) && known (MathFunctions.tanh huge)

/-! The greater of two computed numbers keeps what may have overflowed in either. -/
private def cancelled : Single := huge - huge
#guard !known (MathFunctions.tanh (max cancelled (at_ 1 127 * at_ 1 (-3))))
#guard known (max (at_ 1) third) && (model (max (at_ 1) third)).depth = 0
#guard max (at_ (-1)) inf = inf && min (at_ (-1)) inf = at_ (-1) && (max (at_ 1) (.ofExt .nan)).read.value = .nan

/-! Past all formats: an infinity, which no rounding makes finite. -/
#guard (exp (at_ 1 60)).read.value = .inf false && known (exp (at_ 1 60)) && (exp (at_ 1 60) - at_ 1).read.value = .inf false
#guard (exp (-(at_ 1 60))).read.value = 0 && known (exp (-(at_ 1 60)))

/-! Comparisons: of exact numbers, of computed ones that are apart, and of others as the setting says. -/
#guard at_ 2 > at_ 1 && !(at_ 1 > at_ 2) && !(at_ 1 > .ofExt .nan) && inf > at_ 1 && at_ 1 > third && !(third > at_ 1)

/-! What is written: upper bounds, and one peak for all elements where nothing can overflow. -/
private def written (xs : List Single) : List ModelReading :=
  (Conform.Beyond.readAll xs).map fun y => (y.models.lookup "float32").getD default
#guard ((written [third, at_ 5 / at_ 3]).map (·.peak)).eraseDups.length = 1
#guard (written [third, huge * at_ 1 / at_ 3]).map (·.peak) != [(model third).peak, (model third).peak]
#guard (written [third, huge]).map (·.peak) = [(model third).peak, (model huge).peak]
#guard let m := third.read.magnitude.finitePart; .normalize 1 (-2) ≤ m && m.mantissa < 2 ^ 16 && third.read.value.finitePart ≤ m

/-- One where the square of the input is greater than one, else zero. -/
private def step : Operation where
  name := "step"
  definition := "none"
  upstream := "none"
  summary := ""
  parameters := [⟨"x", []⟩]
  results := [⟨"y", []⟩]
  families := []
  beyond := true
  run := fun args => fun
    | [x] => let x := scalarOf x; let _ := args; [[if x * x > 1 then 1 else 0]]
    | _ => []

private def blueprint (op : Operation) : Blueprint :=
  { operation := op, family := Families.typical, format := .float32, sum := default, sizes := [("rows", 2), ("columns", 2)]
    variant := 0, number := 0 }
private def undecided (x : Ext) : Bool :=
  (((blueprint step).runBeyond .openCL [#[x]]).flatten).any fun y => y.models.all fun (_, m) => m.inherited = .inf false
#guard (blueprint step).comparesComputed [#[number 1]] && undecided (number 1)
#guard !undecided (number 2) && !undecided (number 0) && !undecided .nan

/-! The operations so far compare inputs alone. -/
#guard registry.all fun op => op.families.all fun f => f.name != "typical" ||
  let b := { blueprint op with sum := op.aims.headD default, family := f }
  !b.comparesComputed (op.parameters.map (b.fillParameter (b.context 1)))

end ConformTest.Beyond
