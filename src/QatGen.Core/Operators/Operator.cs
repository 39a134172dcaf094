using QatGen.Arithmetic;
using QatGen.Graphs;
using QatGen.Passes;
using QatGen.Primitives;

namespace QatGen.Operators;

/// <summary>
/// What users write in TorchSharp. An operator answers for itself: how it is written, what it means in integers, which constants that takes, how it fuses, and examples that prove it.
/// One file each; <see cref="Catalogue"/> finds them.
/// <para>A node has one result. A call that returns several is captured as one node for each result that is read: all have the call's inputs and arguments, and which result they are is the
/// attribute <see cref="Item"/>, a number; from the end where it is negative. <see cref="Lower"/>, <see cref="Check"/> and the rest read it there; <see cref="FloatResult"/> prints the access.</para>
/// </summary>
public abstract class Operator(string name)
{
    /// <summary>The attribute that says which of several results a node is.</summary>
    public const string Item = "item";

    public string Name { get; } = name;

    /// <summary>The name inside a fused operator's: Bn, Add, ReLU.</summary>
    public virtual string ShortName => Name;

    public abstract Seq<Form> Forms { get; }

    public virtual Fusion Fusion => Fusion.None;

    /// <summary>The interval of an activation.</summary>
    public virtual ClampRange? Activation => null;

    /// <summary>Passes its input through at deployment (Dropout, Identity); canonicalization removes it.</summary>
    public virtual bool IsIdentity => false;

    /// <summary>Whether the result shares memory with the input, so that an in-place operator on it also changes the input.</summary>
    public virtual bool IsView => IsIdentity;

    /// <summary>Whether the result holds values of its one input at other places and nothing else, so that it can be moved before the program runs.</summary>
    public virtual bool OnlyMoves => false;

    /// <summary>Whether the call makes a constant of a constant, before the program runs.</summary>
    public bool FoldsIntoConstants(Node node) => node.Inputs.Count == 1 && (OnlyMoves || (GivesBool && !IsComposite(node)));

    /// <summary>Whether the result gets a scale of its own.</summary>
    public virtual bool OwnsScale => false;

    /// <summary>Whether this call's result gets a scale of its own.</summary>
    public virtual bool OwnsScaleIn(Node node) => OwnsScale;

    /// <summary>Whether an activation behind it becomes part of its rescale.</summary>
    public virtual bool TakesActivation => Fusion is Fusion.ConvLike or Fusion.Add;

    /// <summary>Whether this sum can be taken up by the accumulator of one of its operands.</summary>
    public virtual bool JoinsAccumulator(Node node) => Fusion == Fusion.Add;

    /// <summary>Whether the hardware can add a tensor into this node's accumulator.</summary>
    public virtual bool TakesAdd(Node node) => Fusion == Fusion.ConvLike;

    /// <summary>Whether a march gives the int32 sums of this call as they are, where they are an output of the model.</summary>
    public virtual bool StaysInt32(Node node, March march) => Fusion == Fusion.ConvLike;

    /// <summary>Arguments that decide structure and so must be known at compile time.</summary>
    public virtual Seq<string> Structural => Seq<string>.Empty;

    /// <summary>Arguments that may name sizes of the input.</summary>
    public virtual Seq<string> TakesSizes => Seq<string>.Empty;

    /// <summary>Arguments that only size parameters: where a constructor argument decides them, the parameters' own shapes tell.</summary>
    public virtual Seq<string> Sizes => Seq<string>.Empty;

    /// <summary>The operand that says positions: an index, not a quantized tensor; -1 for none.</summary>
    public virtual int IndexOperand => -1;

    /// <summary>The operands of a call that are masks, bool tensors in the source.</summary>
    public virtual Seq<int> MaskOperands(Node node) => Seq<int>.Empty;

    /// <summary>Whether the result is a bool tensor in the source.</summary>
    public virtual bool GivesBool => false;

    /// <summary>Parameters whose tensors are attributes too, because any of them may be missing.</summary>
    public virtual Seq<string> NamedOperands => Seq<string>.Empty;

    /// <summary>Whether several results come as a tuple; otherwise they come as an array.</summary>
    public virtual bool ReturnsTuple => false;

    /// <summary>How many results are in the array that a call returns; null where neither the arguments nor the first input's shape, -1 where unknown, tell.</summary>
    public virtual int? CountResults(Node node, Seq<int>? shape) => null;

    /// <summary>What the operator cannot do whatever the march.</summary>
    public virtual IEnumerable<Violation> Check(Node node) => [];

    /// <summary>What the toolkits of some marches refuse of the operator, or warn of.</summary>
    public virtual Seq<MarchNote> MarchNotes => Seq<MarchNote>.Empty;

    /// <summary>
    /// The call on inputs that the program has with the batch first, wherever the source has it, in the source's numbers; null where it cannot be made so, or need not be changed for inputs whose batch is first.
    /// What moves axes of a tensor without batch says how it moves that with an axis of one in front.
    /// </summary>
    public virtual BatchFirst? WithBatchFirst(Node node, Seq<Placed> inputs) => null;

    /// <summary>The constants that <see cref="Lower"/> takes, in order.</summary>
    public virtual Seq<ConstantRole> Constants(Node node) => Seq<ConstantRole>.Empty;

    /// <summary>The integer meaning, once and for all.</summary>
    public abstract T Lower<T>(IPrimitives<T> p, Node node, T[] inputs, T[] constants);

    /// <summary>The type through which <see cref="FloatCall"/> calls the operator's module.</summary>
    public virtual string ModuleType => "torch.nn.Module<torch.Tensor, torch.Tensor>";

    /// <summary>The node's own result as C#: the float call, and which of its results where it has several.</summary>
    public string FloatResult(Node node, string module, string[] inputs)
    {
        if (node.Attributes[Item] is not Value.Integer { Number: var item })
        {
            return FloatCall(node, module, inputs);
        }

        var call = FloatCall(node with { Attributes = new(node.Attributes.Where(static a => a.Key != Item)) }, module, inputs);
        return ReturnsTuple ? $"{call}.Item{item + 1}" : item < 0 ? $"{call}[^{-item}]" : $"{call}[{item}]";
    }

    /// <summary>Whether the call is made of calls of simpler operators, which <see cref="Expand"/> names, and so has no integer meaning of its own.</summary>
    public virtual bool IsComposite(Node node) => false;

    /// <summary>Writes the calls that a composite's call is made of; gives its results.</summary>
    public virtual int[] Expand(Expansion call) => throw new InvalidOperationException($"{Name} is not made of other operators.");

    /// <summary>The float call as C#, for the given tensor expressions; <paramref name="module"/> is the expression of the module at the node's path.</summary>
    public virtual string FloatCall(Node node, string module, string[] inputs)
    {
        var arguments = string.Join("", node.Attributes.Select(a => $", {a.Key}: {a.Value.ToCode(i => inputs[i])}"));
        return node.Form.Kind switch
        {
            FormKind.Module => $"{module}.call({string.Join(", ", inputs)})",
            FormKind.Functional => $"torch.nn.functional.{node.Form.Name}({string.Join(", ", inputs)}{arguments})",
            FormKind.Torch => $"torch.{node.Form.Name}({string.Join(", ", inputs)}{arguments})",
            FormKind.Method => $"{inputs[0]}.{node.Form.Name}({string.Join("", [.. inputs.Skip(1).Select(static i => ", " + i), arguments]).TrimStart(',', ' ')})",
            FormKind.Property => $"{inputs[0]}.{node.Form.Name}",
            _ => throw new InvalidOperationException($"{Name} has no default for {node.Form}"),
        };
    }

    /// <summary>Of a composite: the largest errors of its examples against float, its own parameters as they are, in steps of a qint8 and of a qint16 result.</summary>
    public virtual (double Int8, double Int16) CompositeSteps => (0, 0);

    /// <summary>Calls that the conformance suite proves on every rung.</summary>
    public abstract IEnumerable<Example> Examples();
}
