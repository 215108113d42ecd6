import Protocol

/-!
# The spec as a backend

Answers calls with the spec itself, run in floating point: `conform run "cmd:sh -c 'cd lean_export && exec lake exe
backend'"`. It is a backend like any other, judged against the vectors and no oracle.
-/

/-- Answer every line with a line, until there are no more. -/
partial def serve (requests answers : IO.FS.Stream) : IO UInt32 := do
  let line ← requests.getLine
  if line.isEmpty then
    return 0
  match Protocol.answer line with
  | some text =>
    answers.putStr (text ++ "\n")
    answers.flush
    serve requests answers
  | none =>
    IO.eprintln "backend: not a message"
    return 2

def main : IO UInt32 := do
  serve (← IO.getStdin) (← IO.getStdout)
