/-!
# Reading JSON

As much of JSON as the messages of a harness need: every value, but of the escapes in a string only those of one
character, and of the numbers only natural ones. A string is a list of characters, since most of a message is base64
that is taken apart anyway.

Main definitions: `Protocol.Value`, `Protocol.Value.parse`.
-/

namespace Protocol

/-- A JSON value; numbers, `true`, `false` and `null` are the word that was written. -/
inductive Value where
  | word (text : List Char)
  | string (text : List Char)
  | array (items : List Value)
  | object (fields : List (String × Value))
  deriving Inhabited

namespace Value

/-- The field of an object. -/
def get? (value : Value) (name : String) : Option Value :=
  match value with
  | object fields => fields.lookup name
  | _ => none

/-- The text of a string. -/
def text? : Value → Option String
  | string text => some (String.ofList text)
  | _ => none

/-- The number that a word is. -/
def nat? : Value → Option Nat
  | word text => (String.ofList text).toNat?
  | _ => none

private abbrev Read (α : Type) := Option (α × List Char)

private def skip : List Char → List Char
  | c :: rest => if c.isWhitespace then skip rest else c :: rest
  | [] => []

/-- The characters up to the quote that ends a string; they are gathered in opposite order. -/
private def readString (gathered : List Char) : List Char → Read (List Char)
  | '"' :: rest => some (gathered.reverse, rest)
  | '\\' :: 'n' :: rest => readString ('\n' :: gathered) rest
  | '\\' :: c :: rest => readString (c :: gathered) rest
  | c :: rest => readString (c :: gathered) rest
  | [] => none

private def readWord (gathered : List Char) : List Char → List Char × List Char
  | c :: rest =>
    if c = ',' || c = ']' || c = '}' || c.isWhitespace then (gathered.reverse, c :: rest)
    else readWord (c :: gathered) rest
  | [] => (gathered.reverse, [])

mutual

private partial def readValue (text : List Char) : Read Value :=
  match skip text with
  | '"' :: rest => (readString [] rest).map fun (s, rest) => (string s, rest)
  | '[' :: rest =>
    match skip rest with
    | ']' :: rest => some (array [], rest)
    | rest => readItems [] rest
  | '{' :: rest =>
    match skip rest with
    | '}' :: rest => some (object [], rest)
    | rest => readFields [] rest
  | [] => none
  | rest =>
    let (w, rest) := readWord [] rest
    if w.isEmpty then none else some (word w, rest)

private partial def readItems (gathered : List Value) (text : List Char) : Read Value :=
  match readValue text with
  | none => none
  | some (value, rest) =>
    match skip rest with
    | ',' :: rest => readItems (value :: gathered) rest
    | ']' :: rest => some (array (value :: gathered).reverse, rest)
    | _ => none

private partial def readFields (gathered : List (String × Value)) (text : List Char) : Read Value :=
  match skip text with
  | '"' :: rest =>
    match readString [] rest with
    | none => none
    | some (name, rest) =>
      match skip rest with
      | ':' :: rest =>
        match readValue rest with
        | none => none
        | some (value, rest) =>
          let gathered := (String.ofList name, value) :: gathered
          match skip rest with
          | ',' :: rest => readFields gathered rest
          | '}' :: rest => some (object gathered.reverse, rest)
          | _ => none
      | _ => none
  | _ => none

end

/-- The value that a whole text is, none if it is not JSON. -/
def parse (text : String) : Option Value :=
  match readValue text.toList with
  | some (value, rest) => if (skip rest).isEmpty then some value else none
  | none => none

end Value

end Protocol
