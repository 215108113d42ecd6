import Protocol.Answer
