"""The rules, one file and one page each; found by walking this folder."""
