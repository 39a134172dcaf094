using QatGen.Primitives;
using QatGen.Torch.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch;

/// <summary>A generated QAT model. Everything that can be done with one is an extension method of <see cref="QatModuleExtensions"/> or <see cref="QatCheckpoint"/>.</summary>
public interface IQatModule
{
    /// <summary>The name of the float model's class.</summary>
    string ModelName { get; }

    March March { get; }

    FakeQuantState State { get; }

    /// <summary>The inputs, in the order of <c>forward</c>'s parameters.</summary>
    IReadOnlyList<QuantStub> Inputs { get; }

    /// <summary>The nodes of the program, in execution order.</summary>
    IReadOnlyList<QatNode> Nodes { get; }

    /// <summary>The module itself: parameters, buffers, train and eval.</summary>
    nn.Module Module { get; }

    /// <summary>The current stay in a state; use <see cref="QatModuleExtensions.SetState"/> to change it.</summary>
    internal QatSession Session { get; set; }

    /// <summary>
    /// Takes the parameters of the plain float model (<c>state_dict()</c>) and folds its batch norms.
    /// Every missing, unknown and mis-shaped entry and every layer with NaN is listed in one exception, and then nothing is changed.
    /// </summary>
    void LoadFloat(IReadOnlyDictionary<string, Tensor> floatState);

    /// <summary>Runs the program on one float32 batch [N, ...] per input in the current state; the result holds integers in QAT and VALIDATION.</summary>
    QatValue Run(params IReadOnlyList<Tensor> inputs);

    /// <summary>The generated fixed-point class around constants.</summary>
    FixedPointModel CreateFixedPoint(Signature signature, IReadOnlyList<Constant> constants);
}
