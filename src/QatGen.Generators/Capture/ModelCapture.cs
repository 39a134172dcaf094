using Microsoft.CodeAnalysis;
using QatGen.Graphs;
using QatGen.Passes;

namespace QatGen.Generators.Capture;

/// <summary>Reads the graph of a model class from its source.</summary>
internal static class ModelCapture
{
    /// <summary>How a violation begins that is our own mistake.</summary>
    public const string Defect = "capture itself failed";

    /// <summary>
    /// Captures a class that carries [QatModel]. Never throws but when cancelled: what cannot be captured is a violation with its place. Where the code that capture reads does not compile there is
    /// neither a graph nor a violation: the compiler says what is wrong, and anything else may only follow from it.
    /// </summary>
    public static CaptureResult Run(INamedTypeSymbol model, Compilation compilation, CancellationToken cancellation)
    {
        var context = new CaptureContext(compilation, cancellation);
        var places = new Dictionary<string, Location>();
        var (declaration, graphs, broken) = ((ModelDeclaration?)null, new List<Graph>(), false);
        try
        {
            declaration = ModelDeclaration.Read(model, context);
            foreach (var variant in declaration is null ? Seq<ModelVariant>.Empty : ModelVariant.Read(declaration, context))
            {
                graphs.AddRange(Capture(declaration!, variant, context, places) is { } graph ? [graph] : []);
            }
        }
        catch (BrokenSourceException)
        {
            broken = true;
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            // A defect of capture itself must not take the compiler's other output with it.
            context.Report(Violation.Of(CaptureRules.Unsupported, "", model.Name, $"{Defect} ({defect.GetType().Name}: {defect.Message})"), model.Locations[0]);
        }

        if (broken || (context.Violations.Count > 0 && context.HasErrors(declaration is null ? context.Declarations(model) : [])))
        {
            return new(Seq<Graph>.Empty, [], places);
        }

        return new(context.Violations.Any(static v => v.Violation.Rule.Severity == RuleSeverity.Error) ? Seq<Graph>.Empty : graphs.ToSeq(), context.Violations, places);
    }

    /// <summary>Runs the constructor of a variant, or without given arguments every one that does not chain to another; they must agree.</summary>
    private static Graph? Capture(ModelDeclaration model, ModelVariant variant, CaptureContext context, Dictionary<string, Location> places)
    {
        Graph? graph = null;
        foreach (var constructor in variant.Constructors)
        {
            var evaluator = new Evaluator(context);
            Returned? returned = null;
            try
            {
                returned = evaluator.Run(constructor, model.Forward, variant.Values);
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

            var captured = RemoveDeadNodes.Run(model.Graph(recorder.Calls.Select(static c => c.Node).ToSeq(), returned)) with { Variant = variant.Name };
            if (graph is not null && graph != captured)
            {
                context.Report(Violation.Of(CaptureRules.Unsupported, "", "another constructor", "the constructors build different models"), constructor.Locations[0]);
                return null;
            }

            graph = captured;
        }

        return graph;
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
