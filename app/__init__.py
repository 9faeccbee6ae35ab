"""How people and machines reach Serai. Doors decide nothing: they parse, call one workflow, render."""
