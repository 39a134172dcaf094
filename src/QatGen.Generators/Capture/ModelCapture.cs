using Microsoft.CodeAnalysis;
using QatGen.Graphs;
using QatGen.Passes;

namespace QatGen.Generators.Capture;

/// <summary>Reads the graph of a model class from its source.</summary>
internal static class ModelCapture
{
    /// <summary>How a violation begins that is our own mistake.</summary>
    public const string Defect = "capture itself failed";

    /// <summary>Captures a class that carries [QatModel] or [QatBlock]. Never throws but when cancelled: what cannot be captured is a violation with its place.</summary>
    public static CaptureResult Run(INamedTypeSymbol model, Compilation compilation, CancellationToken cancellation)
    {
        var context = new CaptureContext(compilation, cancellation);
        var declaration = ModelDeclaration.Read(model, context);
        var places = new Dictionary<string, Location>();
        Block? block = null;
        if (declaration is not null)
        {
            try
            {
                block = Capture(declaration, context, places);
            }
            catch (Exception defect) when (defect is not OperationCanceledException)
            {
                // A defect of capture itself must not take the compiler's other output with it.
                context.Report(Violation.Of(CaptureRules.Unsupported, "", model.Name, $"{Defect} ({defect.GetType().Name}: {defect.Message})"), model.Locations[0]);
            }
        }

        block = context.Violations.Any(static v => v.Violation.Rule.Severity == RuleSeverity.Error) ? null : block;
        return new(declaration is { IsBlock: false } ? block?.Variants[0].Graph : null, block, context.Violations, places);
    }

    /// <summary>Runs every constructor. Those of a model must agree; what a chained one adds is for other projects only.</summary>
    private static Block? Capture(ModelDeclaration model, CaptureContext context, Dictionary<string, Location> places)
    {
        var variants = new List<BlockVariant>();
        foreach (var constructor in model.IsBlock ? model.Constructors.Concat(model.Chained) : model.Constructors)
        {
            if (Capture(constructor, model, context, places) is not { } variant)
            {
                return null;
            }

            if (!model.IsBlock && variants.Count > 0 && variants[0].Graph != variant.Graph)
            {
                context.Report(Violation.Of(CaptureRules.Unsupported, "", "another constructor", "the constructors build different models"), constructor.Locations[0]);
                return null;
            }

            variants.Add(variant);
        }

        foreach (var constructor in model.IsBlock ? Seq<IMethodSymbol>.Empty : model.Chained)
        {
            var found = context.Violations.Count;
            if (Capture(constructor, model, context, []) is { } variant && context.Violations.Count == found)
            {
                variants.Add(variant);
            }

            context.Forget(found);
        }

        return new(variants.ToSeq());
    }

    private static BlockVariant? Capture(IMethodSymbol constructor, ModelDeclaration model, CaptureContext context, Dictionary<string, Location> places)
    {
        var evaluator = new Evaluator(context, model.IsBlock);
        Returned? returned = null;
        try
        {
            returned = evaluator.Run(constructor, model.Forward);
        }
        catch (CaptureException failure)
        {
            context.Report(failure.Found.Violation, failure.Found.Location);
        }
        catch (PathThrowsException thrown)
        {
            context.Report(Violation.Of(CaptureRules.Unsupported, "", constructor.ContainingType.Name, "it always throws here"), thrown.Location);
        }

        var recorder = evaluator.Recorder;
        ReportUnclaimed(recorder, returned?.Values, context);
        foreach (var call in recorder.Calls)
        {
            places[call.Node.Path] = call.Location;
        }

        if (returned is null)
        {
            return null;
        }

        var graph = RemoveDeadNodes.Run(model.Graph(recorder.Calls.Select(static c => c.Node).ToSeq(), returned));
        return new(Block.ConstructorOf(constructor.GetDocumentationCommentId() ?? ""), evaluator.Modules, graph);
    }

    /// <summary>Calls without an operator are violations where the output depends on them; without an output, unless they only led to the decision that ended the capture.</summary>
    private static void ReportUnclaimed(Recorder recorder, Seq<int>? outputs, CaptureContext context)
    {
        var live = new HashSet<int>(outputs ?? Seq<int>.Empty);
        for (var i = recorder.Count - 1; i >= 0; i--)
        {
            var call = recorder.Calls[i];
            if (outputs is null ? call.Excused : !live.Contains(recorder.Inputs + i))
            {
                continue;
            }

            live.UnionWith(call.Node.Inputs);
            if (call.Unclaimed is { } violation)
            {
                context.Report(violation, call.Location);
            }
        }
    }
}
