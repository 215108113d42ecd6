import Conform.Families.Cancellation
import Conform.Families.Dense
import Conform.Families.Functions
import Conform.Families.Integers
import Conform.Families.LongSums
import Conform.Families.NanInf
import Conform.Families.NearOverflow
import Conform.Families.OneHot
import Conform.Families.Probe
import Conform.Families.Random
import Conform.Families.Rounding
import Conform.Families.Rows
import Conform.Families.SignedZeros
import Conform.Families.Subnormals

/-!
# All families

A new family is its definition and its place in one of these lists.

Main definitions: `Conform.Families.forAll`, `Conform.Families.forSums`, `Conform.Families.all`.
-/

namespace Conform.Families

/-- Families for any operation, one that copies its input included. -/
def forCopies : List Family :=
  [smallIntegers, unit, oneHot, powersOfTwo, dense, normal, wideRange, manyElements, nanInf, subnormals,
    nearOverflow, signedZeros]

/-- Families for operations that round. -/
def forArithmetic : List Family := forCopies ++ [rounding]

/-- Families for operations that sum. -/
def forSums : List Family := forArithmetic ++ [cancellation, longSums, probe]

/-- Every family. -/
def all : List Family := forSums ++ forFunctions ++ forRows

end Conform.Families
