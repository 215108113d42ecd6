/-!
# Citations

Which theorem says that a rule of the verdict is right for a result of an operation. Names are written with two
backquotes, so that Lean finds the theorem or refuses the file.

Main definitions: `Conform.VerdictRule`, `Conform.Citation`.
-/

namespace Conform

/-- A rule of the verdict. -/
inductive VerdictRule where
  /-- The value is required, because every partial result is representable. -/
  | exact
  /-- The result is within the bound. -/
  | bound
  /-- One more rounding, from the format of sums to that of the result. -/
  | rounding
  /-- The bound where a sum is rounded to the format of the result before an addend is added to it. -/
  | separate
  /-- A result that is infinite or nan whatever the order. -/
  | special
  /-- No partial result overflows. -/
  | overflow
  deriving DecidableEq, Repr, Inhabited

/-- As it is written in the manifest. -/
def VerdictRule.name : VerdictRule → String
  | exact => "exact"
  | bound => "bound"
  | rounding => "rounding"
  | separate => "separate"
  | special => "special"
  | overflow => "overflow"

/-- A theorem, for a rule and a result of an operation. -/
structure Citation where
  operation : String
  result : String
  rule : VerdictRule
  name : Lean.Name

/-- The parts of a name with dots between them. -/
def dotted : Lean.Name → String
  | .str .anonymous s => s
  | .str p s => dotted p ++ "." ++ s
  | .num p n => dotted p ++ "." ++ toString n
  | .anonymous => ""

/-- The name of the theorem, as it is written in Lean. -/
def Citation.theoremName (c : Citation) : String := dotted c.name

end Conform
