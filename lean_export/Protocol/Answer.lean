import Conform.Json
import Conform.Registry
import Protocol.Element
import Protocol.Value

/-!
# Answers

What a backend answers to the lines of a harness: the hello, and the results of the spec run in the format of the call.

Main definitions: `Protocol.answer`.
-/

namespace Protocol

open Conform (Operation Parameter Sizes)

/-- What went wrong with a call. -/
abbrev Result := Except String

/-- A value, or what is missing. -/
def require {α : Type} (value : Option α) (what : String) : Result α :=
  match value with
  | some x => .ok x
  | none => .error what

/-- The lengths that a tensor has. -/
def shapeOf (tensor : Value) : Option (List Nat) :=
  match tensor.get? "shape" with
  | some (.array lengths) => lengths.mapM Value.nat?
  | _ => none

/-- The sizes that the inputs of a call have, by symbol. -/
def sizesOf (parameters : List Parameter) (inputs : Value) : Result Sizes :=
  parameters.foldlM (init := []) fun sizes p => do
    let shape ← require ((inputs.get? p.name).bind shapeOf) s!"no input {p.name}"
    if shape.length = p.shape.length then
      .ok (sizes ++ (p.shape.zip shape).filterMap fun (d, n) => d.base.map fun (symbol, offset) => (symbol, n - offset))
    else .error s!"{p.name} has {shape.length} dimensions"

/-- The attributes of a call, those that the operation has. -/
def attributesOf (op : Operation) (message : Value) : Result Sizes :=
  op.attributes.mapM fun a => do
    let value := ((message.get? "attributes").bind (·.get? a.name)).bind Value.nat?
    return (a.name, ← require value s!"no attribute {a.name}")

/-- Append the lengths of a result and its data. -/
def writeTensor {α : Type} (e : Element α) (sizes : Sizes) (out : String) (result : Parameter × List α) : String :=
  let (p, xs) := result
  let out := Conform.Json.array (out ++ "{\"shape\":") p.shape fun out d => out ++ toString (d.eval sizes)
  out ++ ",\"dtype\":\"" ++ e.dtype ++ "\",\"data\":\"" ++ String.ofList (e.writeAll xs) ++ "\"}"

/-- The results of an operation, run at the scalar of a format. -/
def run {α : Type} [Context α] (e : Element α) (op : Operation) (inputs : Value) (attributes : Sizes) :
    Result String := do
  let sizes := (← sizesOf op.parameters inputs) ++ attributes
  let arguments ← op.parameters.mapM fun p => do
    match (inputs.get? p.name).bind (·.get? "data") with
    | some (.string data) => require (e.readAll data) s!"{p.name} is not {e.dtype} in base64"
    | _ => .error s!"{p.name} has no data"
  let results := op.results.zip (op.run sizes arguments)
  .ok (Conform.Json.array "\"results\":" results (writeTensor e sizes))

/-- The format of a call, which is that of its inputs. -/
def dtypeOf (op : Operation) (inputs : Value) : Option String := do
  let first ← op.parameters.head?
  let tensor ← inputs.get? first.name
  let dtype ← tensor.get? "dtype"
  dtype.text?

/-- The results of a call of an operation. -/
def runAt (op : Operation) (inputs : Value) (attributes : Sizes) : Result String :=
  match dtypeOf op inputs with
  | some "float64" => run Element.float64 op inputs attributes
  | some "float32" => run Element.float32 op inputs attributes
  | some "int32" => run Element.int32 op inputs attributes
  | some "int64" => run Element.int64 op inputs attributes
  | _ => .error "no scalar for this format"

/-- The results of a call. -/
def call (message : Value) : Result String := do
  let name ← require ((message.get? "operation").bind Value.text?) "the call names no operation"
  let inputs ← require (message.get? "inputs") "the call has no inputs"
  match Conform.registry.find? (fun op => op.name = name) with
  | some op => runAt op inputs (← attributesOf op message)
  | none => .error s!"no operation {name}"

/-- What the backend is. -/
def hello : String :=
  let operations := Conform.registry.map fun op => (op.name, ())
  let out := "{\"conform\":1,\"hello\":{\"name\":\"lean\",\"info\":{\"order of sums\":\"that of the spec\"}"
  let out := out ++ ",\"dtypes\":[\"float64\",\"float32\",\"int32\",\"int64\"],\"operations\":"
  Conform.Json.object out operations (fun out _ => out ++ "{}") ++ "}}"

/-- The line that answers a line; none for one that cannot be answered, since it has no id. -/
def answer (line : String) : Option String := do
  let message ← Value.parse line
  if (message.get? "conform").isSome then
    return hello
  let id ← (message.get? "id").bind Value.nat?
  match call message with
  | .ok results => return "{\"id\":" ++ toString id ++ "," ++ results ++ "}"
  | .error what =>
    let out := "{\"id\":" ++ toString id ++ ",\"error\":{\"type\":\"error\",\"message\":"
    return Conform.Json.string out what ++ "}}"

end Protocol
