/-!
# Registering

`register name` adds a definition to the list that `registered% "" []` is wherever the file is imported. So a new operation
is its file and the line that imports it, and no list has to name it a second time.

Every registration adds a rule by which the list grows, tried from the last to the first. A rule that has its name
among those that are there already passes on to the next, so the list ends up in the order of the registrations.

Main definitions: the command `register`, the term `registered%`.
-/

namespace Conform.Register

/-- The text of a name. -/
def textOf : Lean.Name → String
  | .str .anonymous s => s
  | .str p s => textOf p ++ "." ++ s
  | .num p n => textOf p ++ "." ++ toString n
  | .anonymous => ""

/-- The literal of a text that has nothing to escape. -/
def literalOf (text : String) : Lean.StrLit := ⟨.node .none `str #[.atom .none ("\"" ++ text ++ "\"")]⟩

/-- All that was registered before this place, given the names of what is in the list, and the list. -/
syntax "registered% " str term:max : term

macro_rules
  | `(registered% $_ $list) => `($list)

/-- Add a definition to the list of all that are registered. -/
syntax "register " ident : command

macro_rules
  | `(register $name:ident) => do
    let key := literalOf (textOf name.getId)
    `(macro_rules
      | `(registered% $$there $$list) => do
        if (there.getString.splitOn " ").contains $key then Lean.Macro.throwUnsupported
        let now := Conform.Register.literalOf (there.getString ++ " " ++ $key)
        `(registered% $$now ($name :: $$list)))

end Conform.Register
