namespace QatGen.Graphs;

/// <summary>The ways in which TorchSharp code can call an operator.</summary>
public enum FormKind
{
    /// <summary>A module's <c>call</c> or <c>forward</c>; the name is the class in TorchSharp.Modules or QatGen.Torch.Nn, or <c>global::</c> and the full name of a class.</summary>
    Module,

    /// <summary>A function of torch.nn.functional.</summary>
    Functional,

    /// <summary>A function of torch; one that TorchSharp declares elsewhere has its full name.</summary>
    Torch,

    /// <summary>A method of Tensor.</summary>
    Method,

    /// <summary>A C# operator on tensors, by its metadata name such as op_Addition.</summary>
    Symbol,

    /// <summary>A property of Tensor.</summary>
    Property,

    /// <summary>An indexer of Tensor.</summary>
    Indexer,

    /// <summary>One of several results: the name is the access, such as <c>.Item1</c> or <c>[0]</c>.</summary>
    Item,

    /// <summary>A parameter or buffer that forward reads: the name is the method of Module that finds it.</summary>
    State,

    /// <summary>A method of the user that <see cref="KeepAsIsAttribute"/> keeps: a static one with its full name, any other called on the module that is its argument <c>this</c>.</summary>
    Own,
}

/// <summary>One written form of an operator: kind and name as TorchSharp declares it.</summary>
public sealed record Form(FormKind Kind, string Name);
