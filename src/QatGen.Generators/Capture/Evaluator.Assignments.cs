using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace QatGen.Generators.Capture;

/// <summary>Variables and assignments.</summary>
internal sealed partial class Evaluator
{
    private Datum Variable(ISymbol symbol, Frame frame, IOperation site)
    {
        // The receiver of an extension block is a parameter of the block.
        var value = Holder(symbol, frame) is { } holder ? Find(holder, symbol) : symbol is IParameterSymbol { ContainingSymbol: INamedTypeSymbol } ? frame.Self : null;
        return value is null or Outside { What: "an unassigned variable" } ? throw Unsupported(site, "it has no value here") : value;
    }

    /// <summary>Who holds a variable: the nearest frame, or the object for a primary constructor's parameter.</summary>
    private int? Holder(ISymbol symbol, Frame frame)
    {
        for (Frame? f = frame; f is not null; f = f.Outer)
        {
            if (Find(f.Id, symbol) is not null)
            {
                return f.Id;
            }
        }

        return frame.Self is Instance self && Find(self.Id, symbol) is not null ? self.Id : null;
    }

    /// <summary>Assigns to a variable, field, property, element or tuple of these; returns the value.</summary>
    private Datum Assign(IOperation target, Datum value, Frame frame, IOperation site)
    {
        var location = site.Syntax.GetLocation();
        switch (target)
        {
            case ILocalReferenceOperation { Local.IsRef: false } local:
                Set(Holder(local.Local, frame) ?? frame.Id, local.Local, value, location);
                return value;
            case IParameterReferenceOperation parameter:
                Set(Holder(parameter.Parameter, frame) ?? frame.Call.Id, parameter.Parameter, value, location);
                return value;
            case IDeclarationExpressionOperation declaration:
                return Assign(declaration.Expression, value, frame, site);
            case IDiscardOperation:
                return value;
            case ITupleOperation tuple:
                Deconstruct(tuple, value, frame, site);
                return value;
            case IPropertyReferenceOperation { Property: { IsIndexer: true } element, Instance: { } tensor } when !InForward && TorchNames.IsTensor(element.ContainingType) && Evaluate(tensor, frame) is Outside:
                // Values of a tensor made in the constructor: a buffer's are read when the model is given.
                return value;
            case IMemberReferenceOperation or IArrayElementReferenceOperation when HasEffects(target):
                throw Unsupported(site, "its target changes something itself; make that a statement of its own");
            case IFieldReferenceOperation { Field: { IsStatic: false, ContainingType.IsTupleType: true } element, Instance: { } tuple } when Evaluate(tuple, frame) is TupleOf { Items: var items }:
                Assign(tuple, new TupleOf(items.Select((item, i) => i == Position(element) ? value : item).ToSeq()), frame, site);
                return value;
            case IFieldReferenceOperation { Field.IsStatic: false, Instance: { } instance } field:
                SetMember(Evaluate(instance, frame), SlotOf(field.Field), value, site);
                return value;
            case IPropertyReferenceOperation { Property: { IsStatic: false, IsIndexer: false }, Instance: { } instance } property:
                SetProperty(Evaluate(instance, frame), property.Property, value, site);
                return value;
            case IPropertyReferenceOperation { Property: { IsIndexer: true, SetMethod: { } setter }, Instance: { } instance } indexer when context.Declaration(setter) is not null:
                var receiver = Evaluate(instance, frame);
                Invoke(receiver is Instance own ? MostDerived(own.Type, setter) : setter, receiver, [.. Bind(setter, indexer.Arguments, frame).Take(indexer.Arguments.Length), value], location);
                return value;
            case IPropertyReferenceOperation { Property: { IsIndexer: true, ReturnsByRef: false }, Instance: { } instance, Arguments.Length: 1 } indexer:
                SetElement(Evaluate(instance, frame), Evaluate(indexer.Arguments[0].Value, frame), value, site);
                return value;
            case IArrayElementReferenceOperation { Indices.Length: 1 } element:
                SetElement(Evaluate(element.ArrayReference, frame), Evaluate(element.Indices[0], frame), value, site);
                return value;
            default:
                throw Unsupported(site, "this target cannot be assigned at compile time");
        }
    }

    /// <summary>The values that a deconstruction into a number of targets gives.</summary>
    private Seq<Datum> Deconstructed(Datum value, int count, IOperation site) => value switch
    {
        Outside => Enumerable.Repeat(value, count).ToSeq(),
        TupleOf tuple => tuple.Items,
        Instance instance when TorchNames.Bases(instance.Type).SelectMany(static t => t.GetMembers("Deconstruct")).OfType<IMethodSymbol>()
            .FirstOrDefault(m => m.Parameters.Length == count && context.Declaration(m.OriginalDefinition) is not (null or TypeDeclarationSyntax)) is { } method =>
            Enter(method, instance, Enumerable.Repeat<Datum>(Outside.Unassigned, count).ToArray(), site.Syntax.GetLocation()).Callee is var callee
                ? Implementation(method).Parameters.Select(p => Variable(p, callee, site)).ToSeq() : Seq<Datum>.Empty,
        Instance { Type.IsRecord: true } record => Positional(record),
        _ => throw Unsupported(site, "it does not deconstruct a tuple or a record"),
    };

    private void Deconstruct(ITupleOperation target, Datum value, Frame frame, IOperation site)
    {
        var items = Deconstructed(value, target.Elements.Length, site);
        if (items.Count != target.Elements.Length)
        {
            throw Unsupported(site, "it deconstructs another number of values");
        }

        if (target.Elements.Any(static e => e is IArrayElementReferenceOperation or IPropertyReferenceOperation { Property.IsIndexer: true }
            or IMemberReferenceOperation { Instance: not (null or IInstanceReferenceOperation) }))
        {
            throw Unsupported(site, "only variables and members of this object can be deconstructed into");
        }

        for (var i = 0; i < items.Count; i++)
        {
            Assign(target.Elements[i], items[i], frame, site);
        }
    }

    /// <summary>Whether evaluating a target would itself change state; it is evaluated after the value, and twice by compound assignments.</summary>
    private static bool HasEffects(IOperation target) =>
        target.Descendants().Any(static o => o is IInvocationOperation or IAssignmentOperation or IIncrementOrDecrementOperation or IObjectCreationOperation);

    private void SetMember(Datum target, ISymbol member, Datum value, IOperation site)
    {
        if (target is not Instance instance)
        {
            throw target is Choice choice ? Undecided(choice, site) : Unsupported(site, $"a member of {target.Spelled} cannot be set");
        }

        if (instance.Type.IsValueType && !_constructing.Contains(instance.Id))
        {
            throw Unsupported(site, "it changes a struct, which other variables may hold a copy of");
        }

        Set(instance.Id, member, value, site.Syntax.GetLocation());
    }

    private void SetProperty(Datum target, IPropertySymbol property, Datum value, IOperation site)
    {
        if (target is Outside || (target is Layer && value is Outside && !InForward))
        {
            // A setting of a parameter, or a parameter of a layer: not structure.
            return;
        }

        var actual = target is Instance instance ? MostDerived(instance.Type, property) : property;
        if (IsAuto(actual) && !HasBody(actual.SetMethod))
        {
            SetMember(target, actual, value, site);
        }
        else if (actual.SetMethod is { } setter && target is Instance && context.Declaration(setter) is not null)
        {
            Invoke(setter, target, [value], site.Syntax.GetLocation());
        }
        else
        {
            throw Unsupported(site, $"the property {property.Name} cannot be set");
        }
    }

    private void SetElement(Datum target, Datum index, Datum value, IOperation site)
    {
        if (target is MapOf map)
        {
            Store(map, index, value, site, replaces: true);
            return;
        }

        if (target is not ListOf list)
        {
            throw Unsupported(site, $"an element of {target.Spelled} cannot be set");
        }

        var items = Contents(list, site).ToArray();
        items[At(index, items.Length, site)] = value;
        SetContents(list, items, site);
    }

    private Datum AssignCompound(ICompoundAssignmentOperation assignment, Frame frame)
    {
        if (assignment.OperatorMethod is { } method)
        {
            return Assign(assignment.Target, CallOperator(method, [assignment.Target, assignment.Value], assignment, frame), frame, assignment);
        }

        // The operator works in the type of its converted right side; a shift count and the text added to a string have types of their own.
        var (left, right) = (Evaluate(assignment.Target, frame), Evaluate(assignment.Value, frame));
        var shifts = assignment.OperatorKind is BinaryOperatorKind.LeftShift or BinaryOperatorKind.RightShift;
        var widened = left is Constant constant && !shifts ? new Constant(Scalars.Cast(constant.Value, assignment.Value.Type)) : left;
        var result = Operate(assignment.OperatorKind, widened, right, assignment, assignment.IsChecked);
        return Assign(assignment.Target, Narrow(result, assignment.Type, assignment.IsChecked, assignment), frame, assignment);
    }

    private Datum AssignCoalesce(ICoalesceAssignmentOperation assignment, Frame frame) => Map(Evaluate(assignment.Target, frame), assignment, v =>
        UnlessNull(v, assignment, () => Assign(assignment.Target, Evaluate(assignment.Value, frame), frame, assignment), () => v));

    private Datum Increment(IIncrementOrDecrementOperation step, Frame frame)
    {
        var before = Evaluate(step.Target, frame);
        if (step.OperatorMethod is { IsStatic: true } own)
        {
            var next = CallOperator(own, [step.Target], step, frame);
            Assign(step.Target, next, frame, step);
            return step.IsPostfix ? before : next;
        }

        var one = new Constant(Scalars.Cast(1, step.Type));
        var kind = step.Kind == OperationKind.Increment ? BinaryOperatorKind.Add : BinaryOperatorKind.Subtract;
        var after = Narrow(Operate(kind, before, one, step, step.IsChecked), step.Type, step.IsChecked, step);
        Assign(step.Target, after, frame, step);
        return step.IsPostfix ? before : after;
    }

    private Datum Narrow(Datum value, ITypeSymbol? type, bool isChecked, IOperation site) =>
        value is Constant constant ? new Constant(Arithmetic(() => Scalars.Cast(constant.Value, type, isChecked), site)) : value;
}
