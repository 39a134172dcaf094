using Microsoft.CodeAnalysis;
using QatGen.Graphs;
using QatGen.Passes;

namespace QatGen.Generators.Capture;

/// <summary>Reads the graph of a model class from its source.</summary>
internal static class ModelCapture
{
    private const int MostVariants = 64;

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
        if (model.IsBlock)
        {
            return new(model.Constructors.Concat(model.Chained).SelectMany(c => Split(c, model, context, places)).ToSeq());
        }

        var variants = new List<BlockVariant>();
        foreach (var constructor in model.Constructors)
        {
            if (Capture(constructor, null, model, context, places) is not { } variant)
            {
                return null;
            }

            if (variants.Count > 0 && variants[0].Graph != variant.Graph)
            {
                context.Report(Violation.Of(CaptureRules.Unsupported, "", "another constructor", "the constructors build different models"), constructor.Locations[0]);
                return null;
            }

            variants.Add(variant);
        }

        foreach (var constructor in model.Chained)
        {
            var found = context.Violations.Count;
            if (Capture(constructor, null, model, context, []) is { } variant && context.Violations.Count == found)
            {
                variants.Add(variant);
            }

            context.Forget(found);
        }

        return new(variants.ToSeq());
    }

    /// <summary>Runs a constructor of a block once for each outcome of the conditions on its arguments that decide structure, as far as they are few.</summary>
    private static IReadOnlyList<BlockVariant> Split(IMethodSymbol constructor, ModelDeclaration block, CaptureContext context, Dictionary<string, Location> places)
    {
        var variants = new List<BlockVariant>();
        var left = new Stack<Assumptions>([Assumptions.None]);
        var (found, first) = (context.Violations.Count, Seq<LocatedViolation>.Empty);
        while (left.Count > 0)
        {
            var assumptions = left.Pop();
            Scalar? undecided = null;
            if (Capture(constructor, assumptions, block, context, places, condition => undecided = condition) is { } variant)
            {
                variants.Add(variant);
            }
            else if (undecided is not null)
            {
                first = assumptions == Assumptions.None ? context.Violations.Skip(found).ToSeq() : first;
                context.Forget(found);
                left.Push(assumptions.With(undecided, false));
                left.Push(assumptions.With(undecided, true));
            }

            if (variants.Count + left.Count > MostVariants)
            {
                left.Clear();
                variants.Clear();
            }
        }

        if (variants.Count == 0)
        {
            foreach (var violation in first)
            {
                context.Report(violation.Violation, violation.Location);
            }
        }

        return variants;
    }

    /// <summary>Runs a constructor and forward; null when that fails, or when what is assumed makes it throw.</summary>
    private static BlockVariant? Capture(
        IMethodSymbol constructor, Assumptions? assumptions, ModelDeclaration model, CaptureContext context, Dictionary<string, Location> places, Action<Scalar>? split = null)
    {
        var evaluator = new Evaluator(context, assumptions);
        Returned? returned = null;
        try
        {
            returned = evaluator.Run(constructor, model.Forward);
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
        return new(Block.ConstructorOf(constructor.GetDocumentationCommentId() ?? ""), (assumptions ?? Assumptions.None).ToConditions(), evaluator.Modules, graph);
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
