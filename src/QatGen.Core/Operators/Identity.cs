using QatGen.Graphs;

namespace QatGen.Operators;

/// <summary>Does nothing.</summary>
internal sealed class Identity() : IdentityOperator("Identity", new Form(FormKind.Module, "Identity"));

/// <summary>Drops values while training in float; nothing at deployment.</summary>
internal sealed class Dropout() : IdentityOperator("Dropout", new(FormKind.Module, "Dropout"), new(FormKind.Functional, "dropout"));

/// <summary>The same values in the order of memory or apart from the gradient, which training passes on nevertheless.</summary>
internal sealed class Contiguous() : IdentityOperator("Contiguous", new(FormKind.Method, "contiguous"), new(FormKind.Method, "detach"));

/// <summary>A copy, which shares no memory with what it is of.</summary>
internal sealed class Clone() : IdentityOperator("Clone", new(FormKind.Method, "clone"), new(FormKind.Torch, "clone"))
{
    public override bool IsView => false;
}
