import Conform.Json
import Conform.Plan

/-!
# The manifest

What a reader needs to know of a set of vectors: where it came from, the operations, the flags and what they are there
to catch, the files.

Main definitions: `Conform.Manifest.toText`.
-/

namespace Conform.Manifest

/-- The toolchain that the package asks for; a test compares it with the file `lean-toolchain`. -/
def toolchain : String := "leanprover/lean4:v4.35.0"

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

/-- Append an operation. -/
def operation (out : String) (op : Operation) : String :=
  let out := Json.string (out ++ "\n  {\"name\":") op.name
  let out := Json.string (out ++ ",\"definition\":") op.definition
  let out := Json.string (out ++ ",\"summary\":") op.summary
  let out := Json.array (out ++ ",\n   \"parameters\":") op.parameters parameter
  Json.array (out ++ ",\n   \"results\":") op.results parameter ++ "}"

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

/-- The manifest of the operations, with the number of cases by name. -/
def toText (profile : Profile) (seed : Nat) (operations : List Operation) (counts : List (String × Nat)) : String :=
  let out := "{\"format_version\":1,\n \"generator\":\"lean_export\",\n \"lean_toolchain\":"
  let out := Json.string out toolchain
  let out := Json.string (out ++ ",\n \"profile\":") profile.name ++ ",\n \"seed\":" ++ toString seed
  let out := Json.array (out ++ ",\n \"operations\":") operations operation
  let out := Json.array (out ++ ",\n \"flags\":") flags flag
  Json.array (out ++ ",\n \"files\":") counts file ++ "}\n"

end Conform.Manifest
