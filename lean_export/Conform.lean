import Conform.CommandLine
import Conform.DyadicProperties
import Conform.Enclosure
import Conform.Reading
import Conform.Soundness
import Conform.TextProperties
import Conform.TracedProperties
import Conform.TracedReduced
