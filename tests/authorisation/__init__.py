"""Who may do what: matrix.yaml says it, the tests walk every cell of it, and no
address, admin page, action or inline may be missing from it."""
