import Conform.Enclosure
import Conform.Text

/-!
# Enclosures, asked for on standard input

Each line names a function and its exact arguments; the answer is a line with the ball, or the special value, in the
notation of the vectors. An argument in brackets is an interval, and so is its answer.
-/

open Conform

private def print (x : Ext) : String := String.ofList (Text.print x)

private def parse (text : String) : Ext := (Text.parse text.toList).getD .nan

private def printEnd : Endpoint → String
  | .finite x => print (.finite x)
  | .inf negative => print (.inf negative)

private def printInterval (i : Interval) : String := s!"{printEnd i.lower} {printEnd i.upper}"

private def printBall : ExtBall → String
  | .finite b => s!"{print (.finite b.mid)} {print (.finite b.rad)}"
  | .negZero => "-0"
  | .inf negative => if negative then "-inf" else "inf"
  | .nan => "nan"
  | .past range => s!"past {printInterval range}"

private def parseEnd (text : String) : Endpoint :=
  match parse text with
  | .inf negative => .inf negative
  | x => .finite x.finitePart

private def answer (line : String) : String :=
  match (line.splitOn " ").filter (· ≠ "") with
  | ["div", a, b] => printBall (Enclosure.div (parse a) (parse b))
  | ["pi"] => printBall Enclosure.pi
  | ["div", a, b, c, d] => printInterval (.div ⟨parseEnd a, parseEnd b⟩ ⟨parseEnd c, parseEnd d⟩)
  | [name, a] =>
    let functions : List (String × (Ext → ExtBall)) :=
      [("sqrt", Enclosure.sqrt), ("exp", Enclosure.exp), ("log", Enclosure.log), ("sinh", Enclosure.sinh),
        ("cosh", Enclosure.cosh), ("tanh", Enclosure.tanh), ("sin", Enclosure.sin), ("cos", Enclosure.cos)]
    ((functions.lookup name).map fun f => printBall (f (parse a))).getD s!"no function {name}"
  | [name, a, b] =>
    let functions : List (String × (Interval → Interval)) :=
      [("sqrt", Interval.sqrt), ("exp", Interval.exp), ("log", Interval.log), ("sinh", Interval.sinh),
        ("cosh", Interval.cosh), ("tanh", Interval.tanh), ("sin", Interval.sin), ("cos", Interval.cos)]
    ((functions.lookup name).map fun f => printInterval (f ⟨parseEnd a, parseEnd b⟩)).getD s!"no function {name}"
  | _ => "not a question"

partial def serve (questions answers : IO.FS.Stream) : IO Unit := do
  let line ← questions.getLine
  unless line.isEmpty do
    answers.putStr (answer ((line.splitOn "\n").headD "") ++ "\n")
    serve questions answers

def main : IO Unit := do
  serve (← IO.getStdin) (← IO.getStdout)
