import Conform.Case
import Conform.Text

/-!
# Cases as JSON

Every function appends to a string, so that a line is written in one pass.
-/

namespace Conform.Json

universe u

/-- Append a quoted text; names and descriptions have nothing to escape but quotes and backslashes. -/
def string (out text : String) : String :=
  let escaped := text.replace "\\" "\\\\" |>.replace "\"" "\\\""
  out ++ "\"" ++ escaped ++ "\""

/-- Append items between brackets, with commas. -/
def items {α : Type u} (out open_ close : String) (xs : List α) (item : String → α → String) : String :=
  let rec rest (out : String) : List α → String
    | [] => out
    | x :: xs => rest (item (out ++ ",") x) xs
  match xs with
  | [] => out ++ open_ ++ close
  | x :: xs => rest (item (out ++ open_) x) xs ++ close

/-- Append an array. -/
def array {α : Type u} (out : String) (xs : List α) (item : String → α → String) : String := items out "[" "]" xs item

/-- Shorter runs are written out. -/
def leastRun : Nat := 16

/-- The runs of equal entries of a list, each with its length. -/
def runs {α : Type} [DecidableEq α] (xs : List α) : List (Nat × α) :=
  (xs.foldl (fun (found : List (Nat × α)) x =>
    match found with
    | (n, y) :: rest => if x = y then (n + 1, y) :: rest else (1, x) :: found
    | [] => [(1, x)]) []).reverse

/-- Append the entries of a run: once with their number where they are many. -/
def run {α : Type u} (out : String) (length : Nat) (x : α) (item : String → α → String) : String :=
  if length < leastRun then (List.range (length - 1)).foldl (fun out _ => item (out ++ ",") x) (item out x)
  else item (out ++ "[" ++ toString length ++ ",") x ++ "]"

/-- Append an array, with its runs where `compact`. -/
def compactArray {α : Type} [DecidableEq α] (compact : Bool) (out : String) (xs : List α)
    (item : String → α → String) : String :=
  if compact then array out (runs xs) fun out (length, x) => run out length x item else array out xs item

/-- Append an object. -/
def object {α : Type u} (out : String) (xs : List (String × α)) (value : String → α → String) : String :=
  items out "{" "}" xs fun out (name, x) => value (string out name ++ ":") x

/-- Append a number as text. -/
def number (out : String) (x : Ext) : String := out ++ "\"" ++ String.ofList (Text.print x) ++ "\""

/-- Append an exponent, or null for none. -/
def exponent (out : String) : Option Int → String
  | some e => out ++ toString e
  | none => out ++ "null"

/-- Append a component of a result: one number if all elements have the same. -/
def component {α : Type} [DecidableEq α] (compact : Bool) (out : String) (xs : List α)
    (item : String → α → String) : String :=
  match xs with
  | [] => out ++ "[]"
  | x :: rest => if rest.all (· = x) then item out x else compactArray compact out xs item

/-- `floor` and `peak` are worth writing where they differ from `quantum` and `magnitude`. -/
def needsExtremes (y : Traced) (quantum : Option Int) : Bool :=
  y.floor != quantum || y.magnitude != .finite y.peak

/-- Append a result in the ring. The quantum of a number that is not finite is not given. -/
def ringResult (compact : Bool) (out : String) (ys : List Traced) : String :=
  let quantum (y : Traced) : Option Int := if y.magnitude.isFinite then y.quantum else none
  let natural (out : String) (n : Nat) : String := out ++ toString n
  let out := compactArray compact (out ++ "{\"value\":") (ys.map (·.value)) number
  let out := component compact (out ++ ",\"magnitude\":") (ys.map (·.magnitude)) number
  let out := component compact (out ++ ",\"depth\":") (ys.map (·.depth)) natural
  let out := component compact (out ++ ",\"underflow\":") (ys.map (Ext.finite ·.underflow)) number
  let out := component compact (out ++ ",\"quantum\":") (ys.map quantum) exponent
  if ys.any fun y => needsExtremes y (quantum y) then
    let out := component compact (out ++ ",\"floor\":") (ys.map (·.floor)) exponent
    component compact (out ++ ",\"peak\":") (ys.map (Ext.finite ·.peak)) number ++ "}"
  else out ++ "}"

/-- Append what there is of a result in one model. What bounds an error is rounded up. -/
def model (compact : Bool) (out : String) (ys : List ModelReading) : String :=
  let natural (out : String) (n : Nat) : String := out ++ toString n
  let out := component compact (out ++ "{\"depth\":") (ys.map (·.depth)) natural
  let out := component compact (out ++ ",\"underflow\":") (ys.map (·.underflow.roundUp)) number
  let out := component compact (out ++ ",\"inherited\":") (ys.map (·.inherited.roundUp)) number
  component compact (out ++ ",\"peak\":") (ys.map (·.peak.roundUp)) number ++ "}"

/-- Append a result beyond the ring. Where flushing changes nothing, its model is left out. -/
def beyondResult (compact : Bool) (out : String) (models : List String) (ys : List BeyondElement) : String :=
  let out := compactArray compact (out ++ "{\"value\":") (ys.map (·.value)) number
  let out := component compact (out ++ ",\"radius\":") (ys.map (Ext.finite ·.radius |>.roundUp)) number
  let out := component compact (out ++ ",\"magnitude\":") (ys.map (·.magnitude)) number
  let read (name : String) : List ModelReading := ys.map fun y => (y.models.lookup name).getD default
  let flushing := (models.filter fun name => ys.any fun y =>
    (y.models.lookup (name ++ flushed)).any fun reading => some reading != y.models.lookup name).map (· ++ flushed)
  object (out ++ ",\"models\":") ((models ++ flushing).map fun name => (name, read name)) (model compact) ++ "}"

/-- Append a result of a case in a format. -/
def result (compact : Bool) (format : Format) (out : String) : Elements → String
  | .ring ys => ringResult compact out ys
  | .beyond ys => beyondResult compact out format.models ys

/-- A case as one line, with the newline. -/
def line (c : Case) : String :=
  let out := string "{\"id\":" c.id
  let out := string (out ++ ",\"dtype\":") c.format.name
  let out := object (out ++ ",\"sizes\":") c.sizes fun out n => out ++ toString n
  let out := if c.attributes.isEmpty then out
    else object (out ++ ",\"attributes\":") c.attributes fun out n => out ++ toString n
  let out := array (out ++ ",\"flags\":") c.flags string
  let out := object (out ++ ",\"inputs\":") c.inputs fun out xs => compactArray c.compact out xs.toList number
  let out := object (out ++ ",\"results\":") c.results (result c.compact c.format)
  out ++ "}\n"

end Conform.Json
