"""One module per AWS service that the sandbox adds to the emulator, or makes more like AWS."""
