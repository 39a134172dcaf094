using QatGen.Primitives;
using QatGen.Torch.Modules;
using static TorchSharp.torch;

namespace QatGen.Torch;

/// <summary>A generated QAT model. Everything that can be done with one is an extension method of <see cref="QatModuleExtensions"/>.</summary>
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

    /// <summary>Runs the program in the current state; the result holds integers in QAT and VALIDATION.</summary>
    QatValue Run(Tensor x);

    /// <summary>Changes the state without refreshing anything; use <see cref="QatModuleExtensions.SetState"/>.</summary>
    internal void Enter(FakeQuantState state);

    /// <summary>The generated fixed-point class around constants.</summary>
    FixedPointModel CreateFixedPoint(Signature signature, IReadOnlyList<Constant> constants);
}
