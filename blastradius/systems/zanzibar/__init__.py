"""OpenFGA and SpiceDB: relationship tuples, and the model that says what follows from them."""
