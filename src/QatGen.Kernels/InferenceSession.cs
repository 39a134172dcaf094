using QatGen.Kernels.Planning;

namespace QatGen.Kernels;

/// <summary>
/// A model ready to run batches of one size in memory of its own: no run allocates. Integers are NCHW. One thread at a time may use a session; sessions of one model share weights and plan.
/// </summary>
public sealed unsafe class InferenceSession
{
    private readonly ExecutionPlan _plan;
    private readonly Pinned<byte> _memory;

    /// <summary>Plans the model for <paramref name="batch"/> frames, once per model and size.</summary>
    public InferenceSession(FixedPointModel model, int batch = 1)
        : this(model.Signature, ModelPlans.Of(model).Plan(batch))
    {
    }

    internal InferenceSession(Signature signature, ExecutionPlan plan)
    {
        (Signature, _plan, Batch) = (signature, plan, plan.Inputs[0].Layout.Batch);
        _memory = new(plan.TotalBytes);
    }

    public Signature Signature { get; }

    public int Batch { get; }

    /// <summary>Bytes that the values of a run take.</summary>
    public long ArenaBytes => _plan.ArenaBytes;

    /// <summary>Runs a model of one input and one output.</summary>
    public void Run(ReadOnlySpan<int> input, Span<int> output)
    {
        if (Signature.Inputs.Count != 1)
        {
            throw QatGenException.Of(ShapeRules.InputCount, Signature.Name, "1", $"{Signature.Inputs.Count}");
        }

        SetInput(0, input);
        Run();
        GetOutput(0, output);
    }

    /// <summary>Runs on the inputs set before; later values may take their memory, so they must be set again for the next run.</summary>
    public void Run()
    {
        _plan.Run(_memory.Pointer);

        // The kernels hold addresses only: without a use after them the session and its memory could be collected meanwhile.
        GC.KeepAlive(this);
    }

    /// <summary>Copies an input [batch, ...] in; its size and range are checked.</summary>
    public void SetInput(int index, ReadOnlySpan<int> values)
    {
        var (spec, slot) = (Signature.Inputs[index], _plan.Inputs[index]);
        if (values.Length != slot.Layout.Elements)
        {
            throw QatGenException.Of(ShapeRules.InputShape, spec.Name, $"{values.Length} values", spec.WithBatch(Batch).ToString());
        }

        if (values.ContainsAnyExceptInRange(spec.DType.Min(), spec.DType.Max()))
        {
            throw QatGenException.Of(ShapeRules.InputType, spec.Name, "of integers", spec.DType.Name());
        }

        NchwCopy.In(values, slot, _memory.Pointer);
        GC.KeepAlive(this);
    }

    /// <summary>Copies an output [batch, ...] of the last run out.</summary>
    public void GetOutput(int index, Span<int> values)
    {
        var (spec, slot) = (Signature.Outputs[index], _plan.Outputs[index]);
        if (values.Length != slot.Layout.Elements)
        {
            throw QatGenException.Of(ShapeRules.OutputSize, spec.Name, $"{values.Length}", spec.WithBatch(Batch).ToString());
        }

        NchwCopy.Out(slot, _memory.Pointer, values);
        GC.KeepAlive(this);
    }
}
