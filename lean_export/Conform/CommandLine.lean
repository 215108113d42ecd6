import Conform.Manifest

/-!
# The command line of the exporter

Main definitions: `Conform.Options.parse`, `Conform.exportVectors`.
-/

namespace Conform

/-- What to export, and where to; without names, every operation. -/
structure Options where
  out : System.FilePath := ""
  profile : Profile := .core
  seed : Nat := 1
  names : List String := []
  /-- Write the manifest alone, with the cases counted and not made. -/
  manifestOnly : Bool := false
  /-- The flags of a manifest alone; without any, all that there are. -/
  flags : List String := []
  /-- The table of functions: the name of one, or a file of one. -/
  functions : String := FunctionTable.openCL.name

namespace Options

/-- The line printed on wrong usage, after what was wrong. -/
def usage : String :=
  "usage: export --out DIR [--profile core|full] [--seed N] [--operation NAME]... [--functions NAME|FILE] " ++
    "[--manifest-only [--flag NAME]...]"

/-- Read the arguments one by one; an operation is one of the registry. -/
def read (registry : List Operation) (options : Options) : List String → Except String Options
  | [] => .ok options
  | "--out" :: dir :: rest => read registry { options with out := dir } rest
  | "--profile" :: "core" :: rest => read registry { options with profile := .core } rest
  | "--profile" :: "full" :: rest => read registry { options with profile := .full } rest
  | "--profile" :: other :: _ => .error s!"no profile {other}"
  | "--seed" :: text :: rest =>
    match Text.readNatural text with
    | some seed =>
      if seed < 2 ^ 64 then read registry { options with seed } rest
      else .error s!"seed {text} needs more than 64 bits"
    | none => .error s!"seed {text} is not a natural number"
  | "--operation" :: name :: rest =>
    if registry.any (·.name = name) then read registry { options with names := options.names ++ [name] } rest
    else .error s!"no operation {name}"
  | "--functions" :: table :: rest => read registry { options with functions := table } rest
  | "--flag" :: name :: rest =>
    if Manifest.flags.any (·.name = name) then read registry { options with flags := options.flags ++ [name] } rest
    else .error s!"no flag {name}"
  | "--manifest-only" :: rest => read registry { options with manifestOnly := true } rest
  | [arg] =>
    if ["--out", "--profile", "--seed", "--operation", "--functions", "--flag"].contains arg then
      .error s!"{arg} needs a value"
    else .error s!"unknown argument {arg}"
  | arg :: _ => .error s!"unknown argument {arg}"

/-- Read all arguments. -/
def parse (registry : List Operation) (args : List String) : Except String Options :=
  match read registry {} args with
  | .ok options => if options.out.toString.isEmpty then .error "--out is missing" else .ok options
  | .error message => .error message

/-- The operations to export, in the order of the registry. -/
def operations (options : Options) (registry : List Operation) : List Operation :=
  registry.filter fun op => options.names.isEmpty || options.names.contains op.name

end Options

/-- The table of functions that was asked for. -/
def findFunctions (options : Options) : IO FunctionTable := do
  if let some table := FunctionTable.all.find? (·.name = options.functions) then return table
  let text ← IO.FS.readFile options.functions
  match FunctionTable.parse text with
  | .ok table => return table
  | .error message => throw (IO.userError s!"{options.functions}: {message}")

/-- Write the vectors of an operation; the number of cases and the flags that they have, or what is wrong with one. -/
def exportOperation (options : Options) (functions : FunctionTable) (op : Operation) :
    IO (Nat × List String) := do
  let plan := planOperation options.profile op
  -- Which traits there are, only the cases themselves can tell.
  if options.manifestOnly then
    let all := op.families.map (·.name) ++ Manifest.traits.map (·.name)
    return (plan.length, if options.flags.isEmpty then all else options.flags)
  IO.eprintln s!"{op.name}: {plan.length} cases"
  IO.FS.withFile (options.out / (op.name ++ ".jsonl")) .write fun handle => do
    let mut used : List String := []
    for blueprint in plan do
      match blueprint.build options.seed functions with
      | .ok case =>
        used := used ++ case.flags.filter (!used.contains ·)
        handle.putStr (Json.line case)
      | .error message => throw (IO.userError message)
    return (plan.length, used)

/-- Write the vectors of the chosen operations of a registry, and the manifest, which cites these theorems. -/
def exportVectors (registry : List Operation) (options : Options) (citations : List Citation) : IO Unit := do
  let functions ← findFunctions options
  let operations := options.operations registry
  IO.FS.createDirAll options.out
  let mut counts : List (String × Nat) := []
  let mut used : List String := []
  for op in operations do
    let (count, flags) ← exportOperation options functions op
    counts := counts ++ [(op.name, count)]
    used := used ++ flags.filter (!used.contains ·)
  let flags := Manifest.flags.filter fun f => used.contains f.name
  let source := { profile := options.profile, seed := options.seed, functions, citations, flags : Manifest.Source }
  IO.FS.writeFile (options.out / "manifest.json") (Manifest.toText source operations counts)
  IO.eprintln s!"{counts.foldl (fun n (_, count) => n + count) 0} cases in {options.out}"

end Conform
