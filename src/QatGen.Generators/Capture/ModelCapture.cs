using Microsoft.CodeAnalysis;
using QatGen.Graphs;
using QatGen.Passes;

namespace QatGen.Generators.Capture;

/// <summary>Reads the graph of a model or block class from its source.</summary>
internal static class ModelCapture
{
    private const int MostVariants = 64;

    /// <summary>How a violation begins that is our own mistake.</summary>
    public const string Defect = "capture itself failed";

    /// <summary>
    /// Captures a class that carries [QatModel] or [QatBlock]. Never throws but when cancelled: what cannot be captured is a violation with its place. Where the code that capture reads does not compile there is
    /// neither a graph nor a violation: the compiler says what is wrong, and anything else may only follow from it.
    /// </summary>
    public static CaptureResult Run(INamedTypeSymbol model, Compilation compilation, CancellationToken cancellation)
    {
        var context = new CaptureContext(compilation, cancellation);
        var places = new Dictionary<string, Location>();
        var (graphs, parts) = (new List<Graph>(), new List<BlockVariant>());
        var (declaration, broken) = ((ModelDeclaration?)null, false);
        try
        {
            declaration = ModelDeclaration.Read(model, context);
            foreach (var variant in declaration is null ? Seq<ModelVariant>.Empty : ModelVariant.Read(declaration, context))
            {
                if (declaration!.IsBlock)
                {
                    parts.AddRange(variant.Constructors.Concat(variant.Values is null ? declaration.Chained : []).SelectMany(c => Split(c, declaration, variant, context, places)));
                }
                else if (Capture(declaration, variant, context, places, parts) is { } graph)
                {
                    graphs.Add(graph);
                }
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

        if (!context.HasErrors)
        {
            context.ReportUnused(model.Name);
        }

        var isIncomplete = context.Violations.Count > 0 || graphs.Any(static g => g.Nodes.Any(static n => n.IsOpaque));
        if (broken || (isIncomplete && context.IsBroken(model, declaration is null ? context.Declarations(model) : [])))
        {
            return new(Seq<Graph>.Empty, null, [], places);
        }

        var failed = context.HasErrors;
        return new(failed ? Seq<Graph>.Empty : graphs.ToSeq(), failed || parts.Count == 0 ? null : new(parts.ToSeq()), context.Violations, places);
    }

    /// <summary>Runs the constructors of a variant, which must agree; what a chained one adds is for other projects only, as are the <paramref name="parts"/>.</summary>
    private static Graph? Capture(ModelDeclaration model, ModelVariant variant, CaptureContext context, Dictionary<string, Location> places, List<BlockVariant> parts)
    {
        Graph? graph = null;
        foreach (var constructor in variant.Constructors)
        {
            if (Capture(constructor, null, model, variant, context, places, parts.Add) is not { } captured)
            {
                return null;
            }

            if (graph is not null && graph != captured)
            {
                context.Report(Violation.Of(CaptureRules.Unsupported, "", "another constructor", "the constructors build different models"), constructor.Locations[0]);
                return null;
            }

            graph = captured;
        }

        foreach (var constructor in variant.Values is null ? model.Chained : [])
        {
            var found = context.Violations.Count;
            var known = parts.Count;
            if (Capture(constructor, null, model, variant, context, [], parts.Add) is null || context.Violations.Count > found)
            {
                parts.RemoveRange(known, parts.Count - known);
                context.Forget(found);
            }
        }

        return graph;
    }

    /// <summary>Runs a constructor of a block once for each outcome of the conditions on its arguments that decide structure, as far as they are few.</summary>
    private static List<BlockVariant> Split(IMethodSymbol constructor, ModelDeclaration block, ModelVariant variant, CaptureContext context, Dictionary<string, Location> places)
    {
        var parts = new List<BlockVariant>();
        var left = new Stack<Assumptions>([Assumptions.None]);
        var (found, first) = (context.Violations.Count, Seq<LocatedViolation>.Empty);
        while (left.Count > 0)
        {
            var assumptions = left.Pop();
            Scalar? undecided = null;
            if (Capture(constructor, assumptions, block, variant, context, places, parts.Add, condition => undecided = condition) is null && undecided is not null)
            {
                first = assumptions == Assumptions.None ? context.Violations.Skip(found).ToSeq() : first;
                context.Forget(found);
                left.Push(assumptions.With(undecided, false));
                left.Push(assumptions.With(undecided, true));
            }

            if (parts.Count + left.Count > MostVariants)
            {
                left.Clear();
                parts.Clear();
            }
        }

        if (parts.Count == 0)
        {
            foreach (var violation in first)
            {
                context.Report(violation.Violation, violation.Location);
            }
        }

        return parts;
    }

    /// <summary>Runs a constructor and forward; null when that fails, or when what is assumed makes it throw. What other projects may know of the run goes to <paramref name="export"/>.</summary>
    private static Graph? Capture(
        IMethodSymbol constructor,
        Assumptions? assumptions,
        ModelDeclaration model,
        ModelVariant variant,
        CaptureContext context,
        Dictionary<string, Location> places,
        Action<BlockVariant> export,
        Action<Scalar>? split = null)
    {
        var evaluator = new Evaluator(context, assumptions);
        Returned? returned = null;
        try
        {
            returned = evaluator.Run(constructor, model.Forward, model.Inputs, variant.Values);
        }
        catch (CaptureException failure)
        {
            context.Report(failure.Found.Violation, failure.Found.Location);
            if (failure.Condition is { } condition)
            {
                split?.Invoke(condition);
            }
        }
        catch (PathThrowsException) when (assumptions is { Holding.Count: > 0 })
        {
            return null;
        }
        catch (PathThrowsException thrown)
        {
            context.Report(Violation.Of(CaptureRules.Unsupported, "", constructor.ContainingType.Name, "it always throws here"), thrown.Location);
        }

        var recorder = evaluator.Recorder;
        if (returned is null || context.HasErrors)
        {
            ReportUnclaimed(recorder, returned?.Values, context);
        }

        foreach (var call in recorder.Calls)
        {
            places[call.Node.Path] = call.Location;
        }

        if (returned is null)
        {
            return null;
        }

        var graph = RemoveDeadNodes.Run(model.Graph(recorder.Calls.Select(static c => c.Node).ToSeq(), returned, evaluator.Settings)) with { Variant = variant.Name };
        context.Note(evaluator.Said, graph);
        var foreign = graph.Nodes.Where(static n => n.IsOpaque).Select(static n => (Node: n, Reads: Evaluator.Foreigner(n))).FirstOrDefault(static n => n.Reads is not null);
        if (foreign.Reads is not null && model.IsBlock)
        {
            context.Report(Violation.Of(CaptureRules.Undecided, foreign.Node.Path, foreign.Reads), places[foreign.Node.Path]);
            return null;
        }

        if (evaluator.Conditions is { } conditions && evaluator.IsPortable && foreign.Reads is null)
        {
            export(new(Block.ConstructorOf(constructor.GetDocumentationCommentId() ?? ""), conditions, evaluator.Modules, graph));
        }

        return graph;
    }

    /// <summary>
    /// A graph that cannot be used says at once which of its calls have no operator (of one that can, <see cref="Pipeline"/> says it): where the output depends on them; without an output,
    /// unless they only led to the decision that ended the capture.
    /// </summary>
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
            foreach (var violation in call.Node.IsOpaque ? Pipeline.Unclaimed(call.Node) : [])
            {
                context.Report(violation, call.Location);
            }
        }
    }
}
