import Conform.Citation
import Conform.Functions
import Conform.Json
import Conform.Plan

/-!
# The manifest

What a reader needs to know of a set of vectors: where it came from, the operations, the flags and what they are there
to catch, the files.

Main definitions: `Conform.Manifest.toText`.
-/

namespace Conform.Manifest

/-- The toolchain that the package asks for. -/
def toolchain : String := (include_str "../lean-toolchain").replace "\n" ""

/-- Where the definitions come from. -/
def upstream : String := "TorchLean"

/-- A flag of a case: a family, or a trait of its sizes or data. -/
structure Flag where
  name : String
  description : String
  catches : List String

/-- The traits. -/
def traits : List Flag := [
  ⟨"square", "All dimensions are equal and greater than one.",
    ["transposed matrices, whose shape is right", "gradients swapped", "broadcasting along the wrong axis"]⟩,
  ⟨"non-square", "Dimensions differ.", ["dimensions swapped", "strides of the wrong axis"]⟩,
  ⟨"prime", "All dimensions are prime.", ["tails of unrolled or blocked loops"]⟩,
  ⟨"size-one", "A dimension is one.",
    ["squeezed dimensions", "broadcasting where none is meant", "failing on size one"]⟩,
  ⟨"empty", "A dimension is zero.",
    ["failing on empty arrays", "a sum of nothing that is not zero", "bias lost with the sum"]⟩,
  ⟨"long-sum", "A sum of 257 terms or more.",
    ["terms or blocks dropped past unrolls and blocks", "sums kept in a narrower format"]⟩,
  ⟨"nan", "An input is nan.", ["nan swallowed"]⟩,
  ⟨"inf", "An input is infinite.", ["infinities swallowed", "zero times infinity taken as zero"]⟩,
  ⟨"subnormal", "An input is subnormal.", ["inputs flushed to zero"]⟩,
  ⟨"negative-zero", "An input is a negative zero.", ["negative zeros taken for something else"]⟩,
  ⟨"overflow", "Finite terms add up, in absolute value, to more than the largest finite number.",
    ["saturation", "an infinity of the wrong sign", "an infinity where the sum is finite"]⟩]

/-- All flags. -/
def flags : List Flag := Families.all.map (fun f => ⟨f.name, f.description, f.catches⟩) ++ traits

/-- Append a parameter or result. -/
def parameter (out : String) (p : Parameter) : String :=
  let out := Json.string (out ++ "{\"name\":") p.name
  Json.array (out ++ ",\"shape\":") (p.shape.map (·.toText)) Json.string ++ "}"

/-- Append an attribute. -/
def integer (out : String) (a : Attribute) : String :=
  let out := Json.string (out ++ "{\"name\":") a.name
  Json.string (out ++ ",\"meaning\":") a.meaning ++ ",\"least\":" ++ toString a.least ++ "}"

/-- Append a window of a sum. -/
def window (out : String) (w : Window) : String :=
  let out := Json.string (out ++ "{\"parameter\":") w.parameter ++ ",\"dimension\":" ++ toString w.dimension
  let out := out ++ ",\"result\":" ++ toString w.result ++ ",\"axis\":" ++ toString w.axis
  let out := Json.string (out ++ ",\"scale\":") w.scale.toText
  let out := Json.string (out ++ ",\"step\":") w.step.toText
  Json.string (out ++ ",\"offset\":") w.offset.toText ++ "}"

/-- Append a sum. -/
def sum (out : String) (s : Sum) : String :=
  let out := Json.string (out ++ "{\"result\":") s.result
  let out := Json.array (out ++ ",\"axes\":") (s.axes.map (·.toText)) Json.string
  -- What is summed along the axes by itself is a product of one factor.
  let factors := if s.hasFactors || s.axes.isEmpty then s.left.toList ++ s.right.toList else s.addends
  let out := Json.array (out ++ ",\"factors\":") factors Json.string
  let out := Json.array (out ++ ",\"addends\":") (s.addends.filter (!factors.contains ·)) Json.string
  if s.windows.isEmpty then out ++ "}" else Json.array (out ++ ",\"windows\":") s.windows window ++ "}"

/-- Append the theorem behind a rule for a result. -/
def citation (out : String) (c : Citation) : String :=
  let out := Json.string (out ++ "\n    {\"result\":") c.result
  let out := Json.string (out ++ ",\"rule\":") c.rule.name
  Json.string (out ++ ",\"name\":") c.theoremName ++ "}"

/-- Append an operation, with the theorems about it. -/
def operation (citations : List Citation) (out : String) (op : Operation) : String :=
  let out := Json.string (out ++ "\n  {\"name\":") op.name
  let out := Json.string (out ++ ",\"layer\":") op.layer
  let out := Json.string (out ++ ",\"definition\":") op.definition
  let out := Json.string (out ++ ",\"upstream\":") op.upstream
  let out := match op.deviates with
    | some sentence => Json.string (out ++ ",\n   \"deviates\":") sentence
    | none => out
  let out := Json.string (out ++ ",\n   \"summary\":") op.summary
  let out := Json.array (out ++ ",\n   \"attributes\":") op.attributes integer
  let out := Json.array (out ++ ",\n   \"parameters\":") op.parameters parameter
  let out := Json.array (out ++ ",\n   \"results\":") op.results parameter
  let out := Json.array (out ++ ",\n   \"sums\":") op.sums sum
  Json.array (out ++ ",\n   \"theorems\":") (citations.filter (·.operation = op.name)) citation ++ "}"

/-- Append the accuracy of a function. -/
def accuracy (out : String) (a : Accuracy) : String :=
  let out := Json.string (out ++ "\n   {\"name\":") a.function ++ ",\"ulps\":\"" ++ a.ulps ++ "\""
  out ++ ",\"roundings\":" ++ toString a.roundings ++ ",\"underflows\":" ++ toString a.underflows ++ "}"

/-- Append a table of the accuracy of functions. -/
def functionTable (out : String) (t : FunctionTable) : String :=
  let out := Json.string (out ++ "{\"name\":") t.name
  let out := Json.string (out ++ ",\"source\":") t.source
  Json.array (out ++ ",\"functions\":") t.functions accuracy ++ "}"

/-- Append a flag. -/
def flag (out : String) (f : Flag) : String :=
  let out := Json.string (out ++ "\n  {\"name\":") f.name
  let out := Json.string (out ++ ",\"description\":") f.description
  Json.array (out ++ ",\n   \"catches\":") f.catches Json.string ++ "}"

/-- Append a file: the vectors of an operation, and their number. -/
def file (out : String) (entry : String × Nat) : String :=
  let out := Json.string (out ++ "\n  {\"path\":") (entry.1 ++ ".jsonl")
  let out := Json.string (out ++ ",\"operation\":") entry.1
  out ++ ",\"cases\":" ++ toString entry.2 ++ "}"

/-- What a set of vectors was made with. -/
structure Source where
  profile : Profile
  seed : Nat
  functions : FunctionTable
  citations : List Citation
  /-- The flags that there are cases of. -/
  flags : List Flag

/-- The manifest of the operations, with the number of cases by name. -/
def toText (source : Source) (operations : List Operation) (counts : List (String × Nat)) : String :=
  let out := "{\"format_version\":2,\n \"generator\":\"lean_export\",\n \"lean_toolchain\":"
  let out := Json.string out toolchain
  let out := Json.string (out ++ ",\n \"upstream\":") upstream
  let out := Json.string (out ++ ",\n \"profile\":") source.profile.name
  let out := out ++ ",\n \"seed\":" ++ toString source.seed
  let out := functionTable (out ++ ",\n \"function_table\":") source.functions
  let out := Json.array (out ++ ",\n \"operations\":") operations (operation source.citations)
  let out := Json.array (out ++ ",\n \"flags\":") source.flags flag
  Json.array (out ++ ",\n \"files\":") counts file ++ "}\n"

end Conform.Manifest
