"""An embedded AWS on 127.0.0.1: MiniStack, with real engines and real refusals added."""
