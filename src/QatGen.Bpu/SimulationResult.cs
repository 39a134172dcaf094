namespace QatGen.Bpu;

/// <summary>The outputs of a simulation and what it cost in all its runs together; a layer's row is that of one run.</summary>
public sealed record SimulationResult(Seq<QTensor> Outputs, int Runs, long Cycles, double LatencyUs, long DdrBytes, Seq<LayerEstimate> Layers)
{
    /// <summary>The first output.</summary>
    public QTensor Output => Outputs[0];
}
