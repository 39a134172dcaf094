using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace QatGen.Generators.Incremental;

/// <summary>The simple names through which the binding of one file depends on other files, read from syntax alone, once per tree.</summary>
internal sealed class TreeNames
{
    private static readonly ConditionalWeakTable<SyntaxTree, TreeNames> Known = new();

    /// <summary>Extension methods that the language calls without naming them.</summary>
    private static readonly HashSet<string> Patterns =
    [
        "Add", "Deconstruct", "Dispose", "DisposeAsync", "GetAsyncEnumerator", "GetAwaiter", "GetEnumerator", "GetPinnableReference", "Cast", "GroupBy", "GroupJoin", "Join", "OrderBy", "OrderByDescending", "Select", "SelectMany",
        "ThenBy", "ThenByDescending", "Where", "Count", "Length", "Slice",
    ];

    private readonly HashSet<string> _mentions = [];
    private readonly HashSet<string> _declares = [];
    private readonly HashSet<string> _sharedMentions = [];
    private readonly HashSet<string> _namespaces = [];
    private readonly List<string> _shared = [];

    private TreeNames(SyntaxTree tree, CancellationToken cancellation)
    {
        var root = tree.GetRoot(cancellation);
        AddIdentifiers(root, _mentions);
        IsEverywhere = tree.Options.Kind != SourceCodeKind.Regular || root is not CompilationUnitSyntax;
        if (root is CompilationUnitSyntax unit)
        {
            foreach (var node in unit.Usings.Where(static u => u.GlobalKeyword.RawKind != 0).Concat<SyntaxNode>(unit.AttributeLists).Concat(unit.Externs))
            {
                _shared.Add(node.ToString());
                AddIdentifiers(node, _sharedMentions);
            }

            foreach (var member in unit.Members)
            {
                Declare(member, "");
            }
        }
    }

    /// <summary>All identifiers of the file, those that it declares too.</summary>
    public IReadOnlyCollection<string> Mentions => _mentions;

    /// <summary>What code elsewhere can bind to by its simple name: types, extension members, variables of top-level statements. Other members are only reached through their type.</summary>
    public IReadOnlyCollection<string> Declares => _declares;

    /// <summary>Full names of the namespaces that the file opens.</summary>
    public IReadOnlyCollection<string> Namespaces => _namespaces;

    /// <summary>What holds in every file of the compilation: global usings and attributes of the assembly.</summary>
    public IReadOnlyList<string> Shared => _shared;

    /// <summary>The identifiers in <see cref="Shared"/>.</summary>
    public IReadOnlyCollection<string> SharedMentions => _sharedMentions;

    /// <summary>Whether code elsewhere can bind to this file without a name: extension operators, pattern methods, types that the compiler itself looks up.</summary>
    public bool IsEverywhere { get; private set; }

    public static TreeNames Of(SyntaxTree tree, CancellationToken cancellation) => Known.GetValue(tree, t => new(t, cancellation));

    private static void AddIdentifiers(SyntaxNode node, HashSet<string> names)
    {
        foreach (var token in node.DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.IdentifierToken))
            {
                names.Add(token.ValueText);
            }
        }
    }

    private void Declare(MemberDeclarationSyntax member, string space)
    {
        switch (member)
        {
            case BaseNamespaceDeclarationSyntax inner:
                var name = space + string.Join(".", inner.Name.DescendantTokens().Where(static t => t.IsKind(SyntaxKind.IdentifierToken)).Select(static t => t.ValueText));
                _namespaces.Add(name);
                // The compiler binds ranges, tuples, records and the like to types of System by their full names.
                IsEverywhere |= name == nameof(System) || name.StartsWith(nameof(System) + ".", StringComparison.Ordinal);
                DeclareAll(inner.Members, name + ".");
                break;
            case TypeDeclarationSyntax type when IsExtensionBlock(type):
                foreach (var extension in type.Members)
                {
                    DeclareExtension(extension);
                }

                break;
            case BaseTypeDeclarationSyntax type:
                DeclareType(type.Identifier);
                DeclareAll((type as TypeDeclarationSyntax)?.Members ?? default, space);
                break;
            case DelegateDeclarationSyntax type:
                DeclareType(type.Identifier);
                break;
            case MethodDeclarationSyntax { ParameterList.Parameters: [var first, ..] } when first.Modifiers.Any(SyntaxKind.ThisKeyword):
                DeclareExtension(member);
                break;
            case GlobalStatementSyntax statement:
                DeclareVariables(statement.Statement);
                break;
        }
    }

    private void DeclareAll(SyntaxList<MemberDeclarationSyntax> members, string space)
    {
        foreach (var member in members)
        {
            Declare(member, space);
        }
    }

    private void DeclareType(SyntaxToken identifier)
    {
        const string Suffix = nameof(Attribute);
        var name = identifier.ValueText;
        _declares.Add(name);
        if (name.EndsWith(Suffix, StringComparison.Ordinal))
        {
            _declares.Add(name.Substring(0, name.Length - Suffix.Length));
        }
    }

    private void DeclareExtension(MemberDeclarationSyntax member)
    {
        var name = member switch
        {
            MethodDeclarationSyntax method => method.Identifier.ValueText,
            PropertyDeclarationSyntax property => property.Identifier.ValueText,
            _ => null,
        };
        IsEverywhere |= name is null || Patterns.Contains(name);
        _declares.Add(name ?? "");
    }

    /// <summary>Variables and functions of top-level statements are in scope, though an error, in all files.</summary>
    private void DeclareVariables(StatementSyntax statement)
    {
        _declares.UnionWith(["Program", "args"]);
        foreach (var node in statement.DescendantNodesAndSelf(static n => n is not (BlockSyntax or AnonymousFunctionExpressionSyntax)))
        {
            var declared = node switch
            {
                VariableDeclaratorSyntax variable => variable.Identifier,
                SingleVariableDesignationSyntax variable => variable.Identifier,
                LocalFunctionStatementSyntax function => function.Identifier,
                _ => default,
            };
            _declares.Add(declared.ValueText);
        }
    }

    /// <summary>C# 14's <c>extension(T)</c>, for which the oldest compiler that runs this has no syntax type.</summary>
    private static bool IsExtensionBlock(TypeDeclarationSyntax type) =>
        type.Kind() is not (SyntaxKind.ClassDeclaration or SyntaxKind.StructDeclaration or SyntaxKind.InterfaceDeclaration or SyntaxKind.RecordDeclaration or SyntaxKind.RecordStructDeclaration);
}
