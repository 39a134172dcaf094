using QatGen.Graphs;

namespace QatGen.Operators;

/// <summary>Does nothing.</summary>
internal sealed class Identity() : IdentityOperator("Identity", new Form(FormKind.Module, "Identity"));

/// <summary>Drops values while training in float; nothing at deployment.</summary>
internal sealed class Dropout() : IdentityOperator("Dropout", new(FormKind.Module, "Dropout"), new(FormKind.Functional, "dropout"));
