using QatGen.Primitives;

namespace QatGen.Torch;

/// <summary>
/// A generated QAT model: a TorchSharp module with the float model's signature. Everything that can be done with one is an extension method of <see cref="QatModuleExtensions"/> or
/// <see cref="QatCheckpoint"/>.
/// </summary>
public interface IQatModule
{
    /// <summary>Its inputs, nodes and state.</summary>
    QatModel Model { get; }

    /// <summary>The integer program, node by node, on quantized inputs.</summary>
    QatValue[] Program(QatValue[] inputs);

    /// <summary>The generated fixed-point class around constants.</summary>
    FixedPointModel CreateFixedPoint(Signature signature, IReadOnlyList<Constant> constants);
}
