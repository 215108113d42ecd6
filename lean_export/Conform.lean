import Conform.Traced
import Conform.Text
import Conform.Reading
import Conform.SplitMix64
