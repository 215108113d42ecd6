import Conform.Json
import Conform.Plan
import Conform.Registry

/-!
# Tests of the activations: how many cases there are, that inputs are numbers of the format, and values
-/

namespace ConformTest.Activations

open Conform

private def activations : List Operation := registry.filter (·.layer = "activation")
#guard !activations.isEmpty

/-! Forty cases of every operation in every format at least, some of them empty; functions have none of integers. -/
#guard activations.all fun op =>
  let plan := planOperation .core op
  plan.all (!·.format.isInteger) && (Format.all.filter (!·.isInteger)).all fun format =>
    let cases := plan.filter (·.format = format)
    cases.length ≥ 40 && cases.any fun b => b.sizes.any (·.2 = 0)

/-- The cases of an operation in the families named, in single precision. -/
private def casesOf (op : Operation) (families : List String) : List Case :=
  ((planOperation .core op).filter fun b => b.format = .float32 && families.contains b.family.name).filterMap fun b =>
    match b.build 1 with
    | .ok case => some case
    | .error _ => none

/-- The first result of a case, beyond the ring. -/
private def read (c : Case) : List BeyondElement :=
  match c.results with
  | (_, .beyond ys) :: _ => ys
  | _ => []

/-! Every special point of every function has a bound, and inputs are numbers of the format. -/
#guard [Operations.sigmoid, Operations.tanh, Operations.softplus, Operations.gelu, Operations.swish].all fun op =>
  (casesOf op ["special-points", "moderate"]).all fun c =>
    !(read c).isEmpty && (read c).all fun y => y.models.all fun (_, m) => m.inherited != .inf false

/-! What only compares and moves stays in the ring. -/
#guard (casesOf Operations.relu ["special-points", "non-finite"]).all fun c =>
  c.results.all fun | (_, .ring ys) => ys.all (·.depth = 0) | _ => false

private abbrev Single := Beyond (Setting.of .openCL .float32)
private def at_ (m e : Int) : Single := .ofExt (number m e)
private def inherited (x : Single) (model : String) : Option Ext := (x.read.models.lookup model).map (·.inherited)

/-! Annex F, in the order of the definition. -/
#guard (Activation.Math.sigmoidSpec (.ofExt (.inf true) : Single)).read.value = 0
#guard (Activation.Math.sigmoidSpec (.ofExt (.inf false) : Single)).read.value = number 1
#guard (Activation.Math.tanhSpec (.ofExt .negZero : Single)).read.value = .negZero
#guard (Activation.Math.swishSpec (.ofExt (.inf true) : Single)).read.value = .nan
#guard (Activation.Math.reluSpec (.ofExt .nan : Single)).read.value = .nan

/-! What overflows on the way to a finite result inherits what the overflow may come to: nothing for the sigmoid, whose
quotient vanishes; for the logistic function, infinity over infinity, nothing is known. -/
#guard (inherited (Activation.Math.sigmoidSpec (at_ (-1000) 0)) "float32").any (·.isFinite)
#guard inherited (Activation.Math.logisticSpec (at_ 1000 0)) "float32" = some (.inf false)
#guard (inherited (Activation.Math.logisticSpec (at_ 100 0)) "float64").any (·.isFinite)

/-! Past all formats. -/
#guard (Activation.Math.coshSpec (at_ 1 100)).read.value = .inf false

/-! A wider model inherits less. -/
#guard match inherited (Activation.Math.sigmoidSpec (at_ 1 0)) "float32", inherited (Activation.Math.sigmoidSpec (at_ 1 0)) "float64" with
  | some (.finite wide), some (.finite narrow) => !(wide ≤ narrow)
  | _, _ => false

end ConformTest.Activations
