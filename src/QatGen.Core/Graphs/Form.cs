namespace QatGen.Graphs;

/// <summary>The ways in which TorchSharp code can call an operator.</summary>
public enum FormKind
{
    /// <summary>A module's <c>call</c> or <c>forward</c>; the name is the class in TorchSharp.Modules.</summary>
    Module,

    /// <summary>A function of torch.nn.functional.</summary>
    Functional,

    /// <summary>A function of torch.</summary>
    Torch,

    /// <summary>A method or property of Tensor.</summary>
    Method,

    /// <summary>A C# operator on tensors, by its metadata name such as op_Addition.</summary>
    Symbol,
}

/// <summary>One written form of an operator: kind and name as TorchSharp declares it.</summary>
public sealed record Form(FormKind Kind, string Name);
