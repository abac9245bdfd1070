"""Why a mutant that nothing kills does no harm, or is none; what no line explains lacks a rule."""
