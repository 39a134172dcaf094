using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using QatGen.Graphs;
using QatGen.Operators;

namespace QatGen.Generators.Capture;

internal sealed partial class Evaluator
{
    /// <summary>Turns the arguments of an operator call into attributes. What the operator calls structural must be known; the rest may stay symbolic.</summary>
    private sealed class Arguments(Evaluator evaluator, string path, Operator op, Seq<int> inputs)
    {
        private readonly List<int> _sized = [];

        /// <summary>The tensors behind the inputs of which arguments read sizes.</summary>
        public Seq<int> Sized => _sized.ToSeq();

        /// <summary>Where and in what type a parameter places its tensors does not change the graph.</summary>
        public static Seq<string> Placement { get; } = new("device");

        public AttributeMap Read(IEnumerable<Argument> arguments)
        {
            var values = new Dictionary<string, Value>();
            foreach (var argument in arguments)
            {
                if (!Placement.Contains(argument.Name) && Read(argument.Value, argument.Type, argument) is { } value)
                {
                    values[argument.Name] = value;
                }
            }

            return new(values);
        }

        /// <summary>A call recorded in a block of another project, with the arguments that the block is created with.</summary>
        public AttributeMap Read(AttributeMap recorded, Seq<int> sized, Layer block, IOperation site)
        {
            _sized.AddRange(sized);
            var values = new Dictionary<string, Value>();
            recorded = recorded.Replace(v => v is Value.Measured { Written: Value.Computed code } ? Measured(code) : v is Value.Computed own ? Measured(own) : null);
            foreach (var (name, value) in recorded.Select(static r => (r.Key, r.Value)))
            {
                if (Read(value, block, new(name, block.Type, Outside.Nothing, site)) is { } known)
                {
                    values[name] = known;
                }
            }

            return new(values);
        }

        /// <summary>A size: that of the batch is the first input's, where it has its own first.</summary>
        private Value.InputSize SizeOf(Dimension size)
        {
            var isBatch = evaluator._recorder.BatchAxis(size.Tensor) == size.Axis;
            return isBatch && size.Axis == 0 && inputs.Count > 0 && evaluator._recorder.BatchAxis(inputs[0]) == 0 ? new(0) : new(size.Axis, InputOf(size.Tensor));
        }

        /// <summary>What is computed from sizes, with the number that it is for those that the tensors have here; in a block without, as the models around it decide.</summary>
        private Value Measured(Value.Computed code) =>
            evaluator.Measure(code.Code, i => evaluator._recorder.Sizes(i < inputs.Count ? inputs[i] : _sized[i - inputs.Count])) is { } number ? new Value.Measured(code, number) : code;

        private int InputOf(int tensor)
        {
            if (inputs.ToList().IndexOf(tensor) is >= 0 and var input)
            {
                return input;
            }

            if (!_sized.Contains(tensor))
            {
                _sized.Add(tensor);
            }

            return inputs.Count + _sized.IndexOf(tensor);
        }

        private Value? Read(Value value, Layer block, Argument argument) => value switch
        {
            Value.Symbol { Formula: { } formula } => Read(evaluator.Compute(formula, block, argument.Site), null, argument),
            Value.Items items => new Value.Items(items.Elements.Select(e => Read(e, block, argument) ?? throw evaluator.Unsupported(argument.Site, "it holds null")).ToSeq()),
            _ => value,
        };

        private Value? Read(Datum datum, ITypeSymbol? type, Argument argument) => Flatten(evaluator.Resolve(datum)) switch
        {
            Constant { Value: null } => null,
            Printed { Arguments: null } member when Scalars.Unwrap(type) is { TypeKind: TypeKind.Enum } => new Value.Member(member.FullName),
            Constant { Value: var constant } => OfConstant(constant!, Scalars.Unwrap(type), argument),
            TupleOf tuple => Items(tuple.Items, (Scalars.Unwrap(type) as INamedTypeSymbol)?.TupleElements.FirstOrDefault()?.Type, argument),
            ListOf list => Items(evaluator.Contents(list, argument.Site), (type as IArrayTypeSymbol)?.ElementType, argument),
            Dimension size => SizeOf(size),
            SizesOf sizes when evaluator._recorder.Sizes(sizes.Tensor) is { } known => new Value.Items(known.Select((_, axis) => (Value)SizeOf((Dimension)evaluator.Size(sizes.Tensor, axis))).ToSeq()),
            Scalar { Level: Level.Shape } scalar => Measured(new(InputReference.Replace(scalar.Expression, tensor => "%" + InputOf(tensor).ToString(CultureInfo.InvariantCulture)))),
            Scalar { Level: Level.Hyper } scalar when !op.Structural.Contains(argument.Name) || (evaluator.IsBlock && Later(scalar, type) is not null) =>
                new Value.Symbol(scalar.Expression) { Formula = Later(scalar, type) },
            Scalar { Level: Level.Mode } mode when !op.Structural.Contains(argument.Name) => new Value.Symbol(mode.Expression),
            Scalar { Level: Level.Hyper } scalar => throw Fail(Violation.Of(CaptureRules.Undecided, path, scalar.Expression), argument),
            var other => throw evaluator.Undecided(other, argument.Site),
        };

        /// <summary>What the model that constructs a block computes; a member of an enum is none, as its type is known only here.</summary>
        private static Formula? Later(Scalar scalar, ITypeSymbol? type) => Scalars.Unwrap(type) is { TypeKind: TypeKind.Enum } ? null : scalar.Formula;

        private Value Items(IEnumerable<Datum> items, ITypeSymbol? type, Argument argument) =>
            new Value.Items(items.Select((item, i) => Read(item, type, argument with { Site = ElementAt(argument.Site, i) }) ?? throw evaluator.Unsupported(argument.Site, "it holds null")).ToSeq());

        /// <summary>Where an element is written, for params and array initializers.</summary>
        private static IOperation ElementAt(IOperation site, int index) =>
            site is IArrayCreationOperation { Initializer.ElementValues: var elements } && index < elements.Length ? elements[index] : site;

        private Value OfConstant(object constant, ITypeSymbol? type, Argument argument)
        {
            if (type is INamedTypeSymbol { TypeKind: TypeKind.Enum } members)
            {
                return members.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(f => Equals(f.ConstantValue, constant)) is { } member
                    ? new Value.Member(TorchNames.FullName(member))
                    : throw evaluator.Unsupported(argument.Site, $"it is no member of {members.Name}");
            }

            return constant switch
            {
                bool flag => new Value.Logical(flag),
                string text => new Value.Text(text),
                double or float => new Value.Real(System.Convert.ToDouble(constant, CultureInfo.InvariantCulture)),
                int or long or short or byte => new Value.Integer(System.Convert.ToInt64(constant, CultureInfo.InvariantCulture)),
                _ => throw evaluator.Unsupported(argument.Site, $"{op.Name} takes no such value for {argument.Name}"),
            };
        }

        private static CaptureException Fail(Violation violation, Argument argument) => new(violation, argument.Site.Syntax.GetLocation());
    }
}
