import Conform.Soundness.Linear
import Conform.Soundness.LinearAnyOrder
import Conform.Soundness.LinearExact
import Conform.Soundness.LinearExactAnyOrder
