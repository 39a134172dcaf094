using QatGen.Graphs;

namespace QatGen.Operators;

/// <summary>Does nothing.</summary>
internal sealed class Identity() : IdentityOperator("Identity", new Form(FormKind.Module, "Identity"));

/// <summary>Drops values while training in float; nothing at deployment.</summary>
internal sealed class Dropout() : IdentityOperator("Dropout", [.. Written("Dropout", "dropout"), .. Written("Dropout1d", "dropout1d"), .. Written("Dropout2d", "dropout2d"), .. Written("Dropout3d", "dropout3d"),
    .. Written("AlphaDropout", "alpha_dropout"), .. Written("FeatureAlphaDropout", "feature_alpha_dropout")])
{
    /// <summary>Functions drop at deployment too, unless they are told which it is; most of them by default.</summary>
    public override IEnumerable<Violation> Check(Node node) => node.Form.Kind == FormKind.Functional && node.Attributes["training"] is Value.Logical { Flag: true }
        ? [Violation.Of(CaptureRules.Argument, node.Path, Name, "training", "true", "training: training, so that nothing is dropped at deployment")] : [];

    private static Form[] Written(string module, string function) => [new(FormKind.Module, module), new(FormKind.Functional, function)];
}

/// <summary>The same values in the order of memory or apart from the gradient, which training passes on nevertheless.</summary>
internal sealed class Contiguous() : IdentityOperator("Contiguous", new(FormKind.Method, "contiguous"), new(FormKind.Method, "detach"));

/// <summary>A copy, which shares no memory with what it is of.</summary>
internal sealed class Clone() : IdentityOperator("Clone", new(FormKind.Method, "clone"), new(FormKind.Torch, "clone"))
{
    public override bool IsView => false;
}
