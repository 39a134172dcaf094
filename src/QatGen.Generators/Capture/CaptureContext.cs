using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QatGen.Graphs;

namespace QatGen.Generators.Capture;

/// <summary>What one capture shares: source access, the budget, and the violations found so far.</summary>
internal sealed class CaptureContext(Compilation compilation, CancellationToken cancellation)
{
    private const int MaximumSteps = 200_000;
    private const int MaximumDepth = 400;

    private readonly Dictionary<SyntaxTree, SemanticModel> _models = [];
    private readonly Dictionary<SyntaxNode, IOperation?> _operations = [];
    private readonly Dictionary<INamedTypeSymbol, Block?> _blocks = new(SymbolEqualityComparer.Default);
    private readonly List<LocatedViolation> _violations = [];
    private readonly Dictionary<ISymbol, (string Target, bool IsUsed)> _settings = new(SymbolEqualityComparer.Default);
    private int _steps;
    private int _depth;
    private int _ids;

    public IReadOnlyList<LocatedViolation> Violations => _violations;

    public bool HasErrors => _violations.Any(static v => v.Violation.Rule.Severity == RuleSeverity.Error);
    public Compilation Compilation => compilation;

    public int NextId() => ++_ids;

    /// <summary>The operation of a declaration; null when its source is not in this compilation (an IDE shows sources of referenced projects, which must not be bound here).</summary>
    public IOperation? Operation(SyntaxNode node)
    {
        if (!_operations.TryGetValue(node, out var operation))
        {
            operation = HasSource(node) ? Model(node.SyntaxTree).GetOperation(node, cancellation) : null;
            _operations[node] = operation;
        }

        return operation;
    }

    public bool HasSource(SyntaxNode node) => compilation.ContainsSyntaxTree(node.SyntaxTree);

    /// <summary>The first declaration of a symbol in this compilation.</summary>
    public SyntaxNode? Declaration(ISymbol symbol) => symbol.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).FirstOrDefault(HasSource);

    public IEnumerable<SyntaxNode> Declarations(ISymbol symbol) => symbol.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).Where(HasSource);

    /// <summary>What the assembly of a class without source here says of it; null when the class is no block.</summary>
    /// <exception cref="FormatException">It cannot be read.</exception>
    public Block? Block(INamedTypeSymbol type)
    {
        if (!_blocks.TryGetValue(type, out var block))
        {
            var constant = type.GetMembers(Graphs.Block.ConstantName).OfType<IFieldSymbol>().FirstOrDefault()?.ConstantValue as string;
            _blocks[type] = block = constant is null ? null : Graphs.Block.Parse(constant);
        }

        return block;
    }

    /// <summary>A number type by its name in System.</summary>
    public INamedTypeSymbol? NumberType(string name) => Enum.TryParse<SpecialType>("System_" + name, out var type) ? compilation.GetSpecialType(type) : null;

    /// <summary>Counts a step at a depth of nesting; a program that loops or recurses too long breaks rule QG1010.</summary>
    public T Step<T>(IOperation site, string path, Func<T> run)
    {
        cancellation.ThrowIfCancellationRequested();
        if (++_steps > MaximumSteps || _depth >= MaximumDepth || !HasStack())
        {
            throw new CaptureException(Violation.Of(CaptureRules.Budget, path, SourceText.Of(site)), site.Syntax.GetLocation());
        }

        _depth++;
        try
        {
            return run();
        }
        finally
        {
            _depth--;
        }
    }

    /// <summary>Reports once per rule and place; a block that stands several times in the model breaks a rule once.</summary>
    public void Report(Violation violation, Location location)
    {
        if (!_violations.Any(v => v.Violation.Rule == violation.Rule && v.Location.Equals(location)))
        {
            _violations.Add(new(violation, location));
        }
    }

    /// <summary>Withdraws what was reported after the first <paramref name="count"/> violations.</summary>
    public void Forget(int count) => _violations.RemoveRange(count, _violations.Count - count);

    /// <summary>Notes what [Quantize] on classes and fields decides of a graph: of several graphs of a class one is enough.</summary>
    public void Note(IEnumerable<(QuantizeSetting Setting, ISymbol Symbol)> said, Graph graph)
    {
        foreach (var (setting, symbol) in said)
        {
            _settings[symbol] = (setting.Target, (_settings.TryGetValue(symbol, out var known) && known.IsUsed) || setting.IsUsedIn(graph));
        }
    }

    /// <summary>Reports the settings that decide nothing of any graph of the model.</summary>
    public void ReportUnused(string model)
    {
        foreach (var (symbol, (target, _)) in _settings.Where(static s => !s.Value.IsUsed).Select(static s => (s.Key, s.Value)))
        {
            if (ModelDeclaration.Place<QuantizeAttribute>(symbol) is { SourceTree: { } tree } place && compilation.ContainsSyntaxTree(tree))
            {
                Report(Violation.Of(QuantizationRules.QuantizesNothing, "", target, model), place);
            }
        }
    }

    /// <summary>Whether the compiler finds an error in what capture has run, in the heads of the classes that hold it, or in these declarations.</summary>
    public bool IsBroken(INamedTypeSymbol model, IEnumerable<SyntaxNode> declarations)
    {
        var read = _operations.Keys.Where(HasSource).Concat(declarations).ToArray();
        var heads = read.SelectMany(static n => n.AncestorsAndSelf()).Concat(Declarations(model)).OfType<TypeDeclarationSyntax>().Distinct();
        return read.Select(static n => n.SyntaxTree).Distinct().Any(t => AnyError(t.GetDiagnostics(cancellation)))
            || read.Any(n => AnyError(Model(n.SyntaxTree).GetDiagnostics(n.Span, cancellation)))
            || heads.Any(t => AnyError(Model(t.SyntaxTree).GetDiagnostics(Head(t), cancellation)));

        static TextSpan Head(TypeDeclarationSyntax type) => TextSpan.FromBounds(type.SpanStart, type.Members.Count > 0 ? type.Members[0].FullSpan.Start : type.Span.End);

        static bool AnyError(IEnumerable<Diagnostic> found) => found.Any(static d => d.Severity == DiagnosticSeverity.Error && d.DefaultSeverity == DiagnosticSeverity.Error);
    }

    private static bool HasStack()
    {
        try
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            return true;
        }
        catch (InsufficientExecutionStackException)
        {
            return false;
        }
    }

    private SemanticModel Model(SyntaxTree tree) => _models.TryGetValue(tree, out var model) ? model : _models[tree] = compilation.GetSemanticModel(tree);
}
