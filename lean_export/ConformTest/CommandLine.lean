import Conform.CommandLine
import Conform.Registry

/-!
# Tests of the command line of the exporter
-/

namespace Conform

private def outcome (args : List String) : String :=
  match Options.parse registry args with
  | .ok o => s!"{o.out} {o.profile.name} {o.seed} {(o.operations registry).map (·.name)}"
  | .error message => message

#guard outcome ["--out", "d", "--operation", "linear", "--seed", "7", "--profile", "full"] = "d full 7 [linear]"
#guard outcome ["--out", "d", "--operation", "linear_batched", "--operation", "linear"] =
  "d core 1 [linear, linear_batched]"
#guard match Options.parse registry ["--out", "d"] with | .ok o => (o.operations registry).length = registry.length | .error _ => false
#guard outcome [] = "--out is missing"
#guard outcome ["--out"] = "--out needs a value"
#guard outcome ["--out", "d", "--seed", "x"] = "seed x is not a natural number"
#guard ["1_000", "", "+1", "0x10"].all fun seed =>
  outcome ["--out", "d", "--seed", seed] = s!"seed {seed} is not a natural number"
#guard match Options.parse registry ["--out", "d", "--functions", "ieee", "--manifest-only"] with
  | .ok o => o.functions = "ieee" && o.manifestOnly
  | .error _ => false
#guard match Options.parse registry ["--out", "d", "--manifest-only", "--flag", "nan", "--flag", "unit"] with
  | .ok o => o.flags = ["nan", "unit"]
  | .error _ => false
#guard outcome ["--out", "d", "--manifest-only", "--flag", "odd"] = "no flag odd"
#guard outcome ["--out", "d", "--functions"] = "--functions needs a value"
#guard outcome ["--out", "d", "--seed", "18446744073709551616"] = "seed 18446744073709551616 needs more than 64 bits"
#guard outcome ["--out", "d", "--profile", "huge"] = "no profile huge"
#guard outcome ["--out", "d", "--operation", "conv"] = "no operation conv"
#guard outcome ["--out", "d", "--frobnicate", "1"] = "unknown argument --frobnicate"
#guard outcome ["-h"] = "unknown argument -h"

end Conform
