import Protocol

/-!
# Tests of the backend's messages
-/

namespace Protocol

/-! Base64: the test vectors of RFC 4648, section 10, and texts that are not base64. -/
private def samples : List (String × String) :=
  [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy")]

private def bytesOf (text : String) : List Nat := text.toList.map Char.toNat

#guard samples.all fun (plain, coded) => Base64.encode (bytesOf plain) = coded.toList
#guard samples.all fun (plain, coded) => Base64.decode coded.toList = some (bytesOf plain)
#guard Base64.decode (Base64.encode (List.range 256)) = some (List.range 256)
#guard (Base64.encode (List.replicate 200000 7)).length = 266668
#guard ["Zg=", "Zg", "Z===", "Zg==Zg==", "Zm9*", "====", "Zm9v "].all fun text => Base64.decode text.toList = none

/-! Elements: every byte in its place, and the extremes of the integers. -/
#guard Element.int32.readAll "AQIDBP////8AAACA".toList = some #[0x04030201, -1, -2147483648]
#guard Element.int32.writeAll [0x04030201, -1, -2147483648] = "AQIDBP////8AAACA".toList
#guard Element.int64.readAll (Element.int64.writeAll [-2, 2 ^ 63 - 1, -(2 ^ 63)]) = some #[-2, 2 ^ 63 - 1, -(2 ^ 63)]
#guard Element.int32.writeAll [2 ^ 31] = Element.int32.writeAll [-(2 ^ 31)]
#guard Element.float64.readAll "AAAAAAAA+D8=".toList == some #[1.5]
#guard Element.float32.writeAll [-2.0] = "AAAAwA==".toList
#guard (Element.float64.readAll "AAAAAAA=".toList).isNone

/-! Reading: nesting, spaces, escapes, and what is cut off. -/
private def nested : String := " { \"a\" : [ 1 , { } , [ ] ] , \"b\" : \"x\\\"y\" } "

#guard ((Value.parse nested).bind (·.get? "b")).bind Value.text? = some "x\"y"
#guard ((Value.parse "{\"a\":17}").bind (·.get? "a")).bind Value.nat? = some 17
#guard ["", "{", "[1", "{\"a\"}", "{\"a\":1,}", "\"a", "1 2", "{1:2}"].all fun text => (Value.parse text).isNone

/-! Answers: a result, and every way in which there is none. -/
private def callOf (operation input : String) : String :=
  "{\"id\":7,\"operation\":\"" ++ operation ++ "\",\"inputs\":{\"grad\":" ++ input ++
    ",\"scale_factor\":{\"shape\":[],\"dtype\":\"int32\",\"data\":\"AgAAAA==\"}}}"

#guard answer (callOf "linear_gradient_scale" "{\"shape\":[1,1],\"dtype\":\"int32\",\"data\":\"AwAAAA==\"}") =
  some "{\"id\":7,\"results\":[{\"shape\":[1,1],\"dtype\":\"int32\",\"data\":\"BgAAAA==\"}]}"

private def failure (what : String) : Option String :=
  some ("{\"id\":7,\"error\":{\"type\":\"error\",\"message\":\"" ++ what ++ "\"}}")

#guard answer (callOf "conv" "{}") = failure "no operation conv"
#guard answer (callOf "linear_gradient_scale" "{\"shape\":[1,1],\"dtype\":\"bfloat16\",\"data\":\"AwA=\"}") =
  failure "no scalar for this format"
#guard answer (callOf "linear_gradient_scale" "{\"shape\":[1],\"dtype\":\"int32\",\"data\":\"AwAAAA==\"}") =
  failure "grad has 1 dimensions"
#guard answer (callOf "linear_gradient_scale" "{\"shape\":[1,1],\"dtype\":\"int32\",\"data\":\"AwAA\"}") =
  failure "grad is not int32 in base64"
#guard (answer "{\"conform\":1,\"hello\":{}}").isSome && (answer "{}").isNone && (answer "?").isNone

end Protocol
