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

namespace Options

/-- The line printed on wrong usage, after what was wrong. -/
def usage : String := "usage: export --out DIR [--profile core|full] [--seed N] [--operation NAME]..."

/-- Read the arguments one by one. -/
def read (options : Options) : List String → Except String Options
  | [] => .ok options
  | "--out" :: dir :: rest => read { options with out := dir } rest
  | "--profile" :: "core" :: rest => read { options with profile := .core } rest
  | "--profile" :: "full" :: rest => read { options with profile := .full } rest
  | "--profile" :: other :: _ => .error s!"no profile {other}"
  | "--seed" :: text :: rest =>
    match text.toNat? with
    | some seed =>
      if seed < 2 ^ 64 then read { options with seed } rest
      else .error s!"seed {text} needs more than 64 bits"
    | none => .error s!"seed {text} is not a natural number"
  | "--operation" :: name :: rest =>
    if registry.any (·.name = name) then read { options with names := options.names ++ [name] } rest
    else .error s!"no operation {name}"
  | [arg] =>
    if ["--out", "--profile", "--seed", "--operation"].contains arg then .error s!"{arg} needs a value"
    else .error s!"unknown argument {arg}"
  | arg :: _ => .error s!"unknown argument {arg}"

/-- Read all arguments. -/
def parse (args : List String) : Except String Options :=
  match read {} args with
  | .ok options => if options.out.toString.isEmpty then .error "--out is missing" else .ok options
  | .error message => .error message

/-- The operations to export, in the order of the registry. -/
def operations (options : Options) : List Operation :=
  registry.filter fun op => options.names.isEmpty || options.names.contains op.name

end Options

/-- Write the vectors of an operation; the number of cases, or what is wrong with one. -/
def exportOperation (options : Options) (op : Operation) : IO Nat := do
  let plan := planOperation options.profile op
  IO.eprintln s!"{op.name}: {plan.length} cases"
  IO.FS.withFile (options.out / (op.name ++ ".jsonl")) .write fun handle => do
    for blueprint in plan do
      match blueprint.build options.seed with
      | .ok case => handle.putStr (Json.line case)
      | .error message => throw (IO.userError message)
  return plan.length

/-- Write the vectors of all chosen operations, and the manifest. -/
def exportVectors (options : Options) : IO Unit := do
  IO.FS.createDirAll options.out
  let mut counts : List (String × Nat) := []
  for op in options.operations do
    counts := counts ++ [(op.name, ← exportOperation options op)]
  let manifest := Manifest.toText options.profile options.seed options.operations counts
  IO.FS.writeFile (options.out / "manifest.json") manifest
  IO.eprintln s!"{counts.foldl (fun n (_, count) => n + count) 0} cases in {options.out}"

end Conform
