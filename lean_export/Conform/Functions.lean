import Conform.Text

/-!
# How accurate functions are

A table says by how much a computed function may miss: what it computes of an argument, in units in the last place of
the format. `c` units are at most `⌈2c⌉` roundings, and `⌈c⌉` underflows.

Main definitions: `Conform.FunctionTable`, `Conform.FunctionTable.openCL`, `Conform.FunctionTable.correctlyRounded`.
-/

namespace Conform

/-- The accuracy of a function: so many units in the last place, as a multiple of a half. -/
structure Accuracy where
  function : String
  /-- Twice the units in the last place. -/
  halves : Nat
  deriving DecidableEq, Repr, Inhabited

namespace Accuracy

/-- How many roundings the error amounts to: `⌈2c⌉`. -/
def roundings (a : Accuracy) : Nat := a.halves

/-- How many of the smallest subnormal numbers it amounts to below the normal range: `⌈c⌉`. -/
def underflows (a : Accuracy) : Nat := (a.halves + 1) / 2

/-- The units in the last place as text: `3`, `2.5`. -/
def ulps (a : Accuracy) : String := if a.halves % 2 = 0 then toString (a.halves / 2) else s!"{a.halves / 2}.5"

end Accuracy

/-- A table of the accuracy of functions, with where it comes from. -/
structure FunctionTable where
  name : String
  source : String
  functions : List Accuracy
  deriving DecidableEq, Repr, Inhabited

namespace FunctionTable

/-- The accuracy that the table gives a function; none where it says nothing. -/
def find? (t : FunctionTable) (function : String) : Option Accuracy := t.functions.find? (·.function = function)

private def alike (names : List String) (halves : Nat) : List Accuracy := names.map (⟨·, halves⟩)

/-- The full profile of OpenCL, its column for single precision, used for every format: kernels multiply by a
reciprocal or a reciprocal root in every format, and what they give is right. -/
def openCL : FunctionTable where
  name := "opencl"
  source := "OpenCL environment specification, Relative Error as ULPs, full profile, single precision " ++
    "(KhronosGroup/OpenCL-Docs, env/numerical_compliance.asciidoc, CC BY 4.0)"
  functions :=
    [⟨"div", 5⟩, ⟨"sqrt", 6⟩, ⟨"rsqrt", 4⟩] ++ alike ["exp", "exp2", "expm1"] 6 ++
      alike ["log", "log2", "log10"] 6 ++ [⟨"log1p", 4⟩] ++ alike ["sin", "cos", "sinh", "cosh"] 8 ++
      alike ["tan", "tanh"] 10 ++ alike ["erf", "erfc", "pow"] 32 ++ [⟨"hypot", 8⟩]

/-- The same with quotients and roots correctly rounded, for those whose kernels promise it. -/
def correctlyRounded : FunctionTable where
  name := "ieee"
  source := "IEEE 754-2019, 5.4.1, for div and sqrt; else " ++ openCL.source
  functions := openCL.functions.map fun a => if a.function = "div" || a.function = "sqrt" then ⟨a.function, 1⟩ else a

/-- The tables that have a name. -/
def all : List FunctionTable := [openCL, correctlyRounded]

/-- Half units of a number of units such as `3`, `2.5` or `0.5`. -/
def readHalves (text : String) : Option Nat :=
  match text.splitOn "." with
  | [whole] => (Text.readNatural whole).map (2 * ·)
  | [whole, "0"] => (Text.readNatural whole).map (2 * ·)
  | [whole, "5"] => (Text.readNatural whole).map (2 * · + 1)
  | _ => none

/-- Read a table from text: a line of its name, one of its source, then a function and its units on each line. -/
def parse (text : String) : Except String FunctionTable :=
  match (text.splitOn "\n").filter (!·.isEmpty) with
  | name :: source :: lines => do
    let functions ← lines.mapM fun line =>
      match line.splitOn " " with
      | [function, units] =>
        match readHalves units with
        | some halves => .ok (⟨function, halves⟩ : Accuracy)
        | none => .error s!"{units} is no number of ulps: a multiple of a half"
      | _ => .error s!"not a function and its ulps: {line}"
    let names := functions.map (·.function)
    if names.eraseDups.length != names.length then .error "a function is there twice"
    -- What a table leaves out would have no bound at all.
    for a in openCL.functions do
      if !names.contains a.function then throw s!"the table says nothing of {a.function}"
    return { name, source, functions }
  | _ => .error "a table begins with its name and its source"

end FunctionTable

end Conform
