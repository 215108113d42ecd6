import Conform.CommandLine
import Conform.Operations.Linear
import Conform.Operations.LinearBatched
import Conform.Operations.LinearWeightsDeriv
import Conform.Operations.LinearBiasDeriv
import Conform.Operations.LinearInputDeriv
import Conform.Operations.BatchLinearDeriv
import Conform.Operations.LinearBackward
import Conform.Operations.LinearGradientAccumulate
import Conform.Operations.LinearGradientScale

/-!
# The exporter on TorchLean's own definitions

The same program as `Export.lean`, for the operations whose definitions upstream has at the pinned revision. It cites no
theorems: those are about our text.
-/

/-- What is imported above. -/
def registryOnTorchLean : List Conform.Operation := registered% "" []

/-- Parse the arguments and export; wrong usage exits with 2, a defect of the vectors with 3. -/
def main (args : List String) : IO UInt32 := do
  match Conform.Options.parse registryOnTorchLean args with
  | .error message =>
    IO.eprintln s!"export: {message}; {Conform.Options.usage}"
    return 2
  | .ok options =>
    match ← (Conform.exportVectors registryOnTorchLean options []).toBaseIO with
    | .ok () => return 0
    | .error error =>
      IO.eprintln s!"export: {error}"
      return 3
