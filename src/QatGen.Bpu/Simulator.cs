using System.Collections.Concurrent;

namespace QatGen.Bpu;

/// <summary>
/// Runs the instructions of a program file on modelled memories, and counts cycles and DDR traffic with the timeline that the instructions' waits allow. Bit for bit the integers of the model.
/// May be used from several threads.
/// </summary>
public sealed class Simulator
{
    private readonly BpuProgram _program;
    private readonly Seq<Instruction> _instructions;
    private readonly PerformanceEstimate _perRun;
    private readonly ConcurrentBag<Machine> _machines = [];

    /// <summary>Prepares a program from its encoded bytes, as a device does; throws when it is not valid.</summary>
    public Simulator(BpuProgram program)
    {
        _program = ProgramFormat.Read(ProgramFormat.Write(program), program.Signature.Name);
        _instructions = _program.Instructions;
        _perRun = _program.Estimate();
    }

    /// <summary>
    /// Runs one tensor per input of the signature, integers [N, ...] with N a multiple of the program's batch; the runs are spread over the processors, each with memories of its own.
    /// </summary>
    public SimulationResult Run(params QTensor[] inputs)
    {
        var runs = Check(inputs) / _program.Batch;
        var outputs = _program.Signature.Outputs.Select(o => new int[runs * _program.Batch * o.FrameSize]).ToArray();
        RunAll(runs, inputs, outputs);
        var tensors = _program.Signature.Outputs.Select((o, i) => new QTensor(o.WithBatch(runs * _program.Batch), o.DType, outputs[i], o.Scales.ToArray())).ToSeq();
        return new(tensors, runs, runs * _perRun.Cycles, runs * _perRun.LatencyUs, runs * _perRun.DdrBytes, _perRun.Layers);
    }

    private void RunAll(int runs, QTensor[] inputs, int[][] outputs)
    {
        try
        {
            Parallel.For(0, runs, run =>
            {
                var machine = _machines.TryTake(out var idle) ? idle : new Machine(_program.Constants, _program.Memory.WorkspaceBytes, _program.Memory.SramBytes);
                Run(machine, run, inputs, outputs);
                _machines.Add(machine);
            });
        }
        catch (AggregateException e) when (e.InnerException is QatGenException first)
        {
            throw first;
        }
    }

    private void Run(Machine machine, int run, QTensor[] inputs, int[][] outputs)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            ForFrames(run, _program.Memory.Inputs[i], (box, frame, size) => Mover.Pack(inputs[i].Data.AsSpan(frame * size, size), machine.WriteDdr(box), box));
        }

        foreach (var instruction in _instructions)
        {
            Execute(machine, instruction);
        }

        for (var i = 0; i < outputs.Length; i++)
        {
            ForFrames(run, _program.Memory.Outputs[i], (box, frame, size) => Mover.Unpack(machine.ReadDdr(box), box, outputs[i].AsSpan(frame * size, size)));
        }
    }

    /// <summary>Addresses were verified; a table that points outside of itself shows only now.</summary>
    private void Execute(Machine machine, Instruction instruction)
    {
        try
        {
            instruction.Execute(machine);
        }
        catch (PositionException e)
        {
            throw QatGenException.Of(QuantizationRules.IndexRange, _program.Layers[instruction.Layer].Name, $"{e.Position}", $"{e.Size}");
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw QatGenException.Of(FileRules.Malformed, _program.Layers[instruction.Layer].Name, "a table of constants reaches out of memory");
        }
    }

    private void ForFrames(int run, Binding binding, Action<Region, int, int> action)
    {
        for (var frame = 0; frame < _program.Batch; frame++)
        {
            action(binding.Of(frame), (run * _program.Batch) + frame, (int)binding.Frame.Elements);
        }
    }

    /// <summary>The number of frames, the same in every input.</summary>
    private int Check(QTensor[] inputs)
    {
        var signature = _program.Signature;
        if (inputs.Length != signature.Inputs.Count)
        {
            throw QatGenException.Of(BpuRules.InputCount, "", $"{signature.Inputs.Count}", $"{inputs.Length}");
        }

        for (var i = 0; i < inputs.Length; i++)
        {
            signature.Check(i, inputs[i]);
        }

        var frames = inputs.Select(static x => x.Shape[0]).ToArray();
        return frames.Length == 0 || frames.Any(f => f != frames[0] || f % _program.Batch != 0)
            ? throw QatGenException.Of(BpuRules.FrameCount, "", $"{_program.Batch}", string.Join(", ", frames))
            : frames[0];
    }
}
