using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Operations;
using QatGen.Graphs;

namespace QatGen.Generators.Capture;

internal sealed partial class Evaluator
{
    /// <summary>Turns the arguments of a call into values that can be printed as they were written, and collects the tensors in them as the node's inputs.</summary>
    private sealed class OpaqueArguments(Evaluator evaluator)
    {
        private readonly List<int> _inputs = [];

        public Seq<int> Inputs => _inputs.ToSeq();

        /// <summary>The arguments that are written: what is left out keeps its default in print too.</summary>
        public AttributeMap Read(IEnumerable<Argument> arguments) => new(arguments
            .Where(static a => a.Site.Parent is not IArgumentOperation { ArgumentKind: ArgumentKind.DefaultValue })
            .Select(a => new KeyValuePair<string, Value>(Identifier(a.Name), Read(a.Value, Written(a), a.Site))));

        public Value Read(Datum datum, ITypeSymbol? type, IOperation site) => Flatten(evaluator.Read(evaluator.Resolve(datum), site)) switch
        {
            TensorRef tensor => new Value.Operand(Append(evaluator._recorder.Read(tensor))),
            ManyOf many => new Value.Operand(Append(many.Number)),
            Constant { Value: null } => new Value.Null(),
            Constant { Value: var constant } => OfConstant(constant!, Scalars.Unwrap(type), site),
            Dimension { Axis: var axis, Tensor: var tensor } => Cast(new Value.InputSize(axis, InputOf(tensor)), SpecialType.System_Int64, type),
            SizesOf sizes => new Value.Computed(Renumber(sizes.Spelled)),
            Scalar { Level: Level.Shape } scalar => new Value.Computed(Renumber(scalar.Expression)),
            Scalar { Level: Level.Hyper } scalar => new Value.Symbol(scalar.Expression) { Formula = Later(scalar, Scalars.Unwrap(type)) },
            Scalar { Level: Level.Mode } mode => new Value.Symbol(mode.Expression),
            TupleOf tuple => new Value.Tuple(tuple.Items.Select((item, i) => Read(item, i < TupleItems(type).Count ? TupleItems(type)[i] : null, site)).ToSeq()),
            ListOf or Sequence => new Value.Collection(CollectionType(type, site), evaluator.Enumerate(datum, site).Select(item => Read(item, ElementType(type), site)).ToSeq()),
            FromEnd end => new Value.FromEnd(end.Count),
            RangeOf range => new Value.Range(Read(range.Start, null, site), Read(range.End, null, site)),
            Printed { Arguments: null } member => new Value.Member(member.FullName),
            Printed { Arguments: { } arguments } call => new Value.Call(call.FullName, Read(arguments)),
            Held held => throw evaluator.Unsupported(site, $"the tensor '{held.What}' is not registered; keep it in a field and call RegisterComponents() last in the constructor"),
            var other => throw evaluator.Undecided(other, site),
        };

        /// <summary>What the model that constructs a block computes, in the type of the parameter; a member of an enum is nothing, as its type is known only here.</summary>
        private static Formula? Later(Scalar scalar, ITypeSymbol? type) => (type, scalar.Formula) switch
        {
            (_, null) or ({ TypeKind: TypeKind.Enum }, _) => null,
            ({ SpecialType: SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_Single or SpecialType.System_Double }, { IsFlag: false } formula) => new Formula.Cast(type.Name, formula),
            _ => scalar.Formula,
        };

        private static string Identifier(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

        private int Append(int tensor)
        {
            _inputs.Add(tensor);
            return _inputs.Count - 1;
        }

        /// <summary>The input of a tensor of which only the shape is read.</summary>
        private int InputOf(int tensor) => _inputs.IndexOf(tensor) is >= 0 and var input ? input : Append(tensor);

        private string Renumber(string expression) => InputReference.Replace(expression, tensor => "%" + InputOf(tensor).ToString(CultureInfo.InvariantCulture));

        /// <summary>The type of an argument before TorchSharp's own implicit conversion.</summary>
        private static ITypeSymbol? Written(Argument argument) => argument.Site is IConversionOperation { OperatorMethod: not null, Operand.Type: { } type } ? type : argument.Type;

        private static string CollectionType(ITypeSymbol? type, IOperation site) => (type, ElementType(type) ?? (site.Type is { } own ? ElementType(own) : null)) switch
        {
            (INamedTypeSymbol { Name: "List" }, _) => Name(type!),
            (_, { } element) => Name(element) + "[]",
            _ => "long[]",
        };

        private static string Name(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

        public Value OfConstant(object constant, ITypeSymbol? type, IOperation site)
        {
            if (type is INamedTypeSymbol { TypeKind: TypeKind.Enum } members)
            {
                return members.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(f => Equals(f.ConstantValue, constant)) is { } member
                    ? new Value.Member(TorchNames.FullName(member))
                    : throw evaluator.Unsupported(site, $"it is no member of {members.Name}");
            }

            return constant switch
            {
                bool flag => new Value.Logical(flag),
                string text => new Value.Text(text),
                double number => new Value.Real(number),
                float number => new Value.Typed("float", new Value.Real(number)),
                int number => new Value.Integer(number),
                long number => new Value.Typed("long", new Value.Integer(number)),
                short or sbyte or byte or ushort or uint => new Value.Typed(
                    Type(constant), new Value.Integer(System.Convert.ToInt64(constant, CultureInfo.InvariantCulture))),
                _ => throw evaluator.Unsupported(site, "no call takes such a constant"),
            };
        }

        private static string Type(object constant) => constant switch { short => "short", sbyte => "sbyte", byte => "byte", ushort => "ushort", _ => "uint" };

        private static Value Cast(Value value, SpecialType own, ITypeSymbol? type) =>
            type is { SpecialType: SpecialType.System_Int32 or SpecialType.System_Single or SpecialType.System_Double } && type.SpecialType != own ? new Value.Typed(Name(type), value) : value;
    }
}
