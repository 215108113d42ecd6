import Conform.CommandLine
import Conform.Registry
import Conform.Theorems

/-!
# The exporter

Writes the vectors: `lake exe export --out DIR [--profile core|full] [--seed N] [--operation NAME]...
[--functions NAME|FILE] [--manifest-only [--flag NAME]...]`.
-/

/-- Parse the arguments and export; wrong usage exits with 2, a defect of the vectors with 3. -/
def main (args : List String) : IO UInt32 := do
  match Conform.Options.parse Conform.registry args with
  | .error message =>
    IO.eprintln s!"export: {message}; {Conform.Options.usage}"
    return 2
  | .ok options =>
    match ← (Conform.exportVectors Conform.registry options Conform.citations).toBaseIO with
    | .ok () => return 0
    | .error error =>
      IO.eprintln s!"export: {error}"
      return 3
