using System.Runtime.InteropServices;
using QatGen.Arithmetic;
using QatGen.Primitives;
using QatGen.Torch.Functions;
using QatGen.Torch.Quantizers;
using static TorchSharp.torch;

namespace QatGen.Torch.Modules;

/// <summary>The function behind a table and what was last made of it: nothing is computed again until a scale changes.</summary>
internal sealed record TableSource(TableFunction Function, OutputQuantizer Quantizer, TableSplit Split, string Layer) : QatValue
{
    private (double Scale, DType Type) _input;
    private double[] _reals = [];
    private double _outputScale;
    private ClampRange? _observed;
    private TableLookup? _lookup;

    /// <summary>The table of the last pass.</summary>
    public TableFit? Latest { get; private set; }

    /// <summary>Values observed so far where the function is not defined or infinite.</summary>
    public long Outside { get; private set; }

    /// <summary>The table from an input to the present scale and range of the output.</summary>
    public TableLookup Lookup(Quantity input, DType type)
    {
        var reals = Reals(input, type);
        if (_lookup is null || _outputScale != Quantizer.CalibratedScale || _observed != Quantizer.Observed)
        {
            (_outputScale, _observed) = (Quantizer.CalibratedScale, Quantizer.Observed);
            Latest = TableBuilder.Build(reals, _outputScale, Quantizer.Range, Split, Function.WithEdges(Quantizer.Observed));
            _lookup = new(Latest.Constant, Function, input.Scales[0], reals, _outputScale, Quantizer.Rounding(1));
        }

        return _lookup;
    }

    /// <summary>f(q * scale) of every integer.</summary>
    private double[] Reals(Quantity input, DType type)
    {
        if (_input != (input.Scales[0], type))
        {
            (_input, _lookup) = ((input.Scales[0], type), null);
            _reals = TableBuilder.Reals(Function, input.Scales[0], type);
        }

        return _reals;
    }

    /// <summary>
    /// Shows the quantizer the range of the results of a batch of reals, and gives it. Values outside the domain and at poles are counted instead; where there are no others, that is an error
    /// that names the layer.
    /// </summary>
    public (float Min, float Max) Observe(Tensor batch)
    {
        var range = new Range(Function);
        foreach (var value in MemoryMarshal.Cast<byte, float>(batch.bytes))
        {
            range.Take(value, 1);
        }

        return Observe(range);
    }

    /// <summary>As for reals, for a batch of integers.</summary>
    public (float Min, float Max) Observe(Tensor batch, Quantity input, DType type)
    {
        var counts = new long[type.Max() - type.Min() + 1];
        foreach (var q in MemoryMarshal.Cast<byte, float>(batch.bytes))
        {
            counts[(int)q - type.Min()]++;
        }

        var range = new Range(Function);
        for (var i = 0; i < counts.Length; i++)
        {
            range.Take((type.Min() + i) * input.Scales[0], counts[i]);
        }

        return Observe(range);
    }

    private (float Min, float Max) Observe(Range range)
    {
        if (range.Min > range.Max)
        {
            throw QatGenException.Of(QuantizationRules.OutOfDomain, Layer, Layer, Function.Name);
        }

        Outside += range.Outside;
        Quantizer.Observe((float)range.Min, (float)range.Max);
        return ((float)range.Min, (float)range.Max);
    }

    /// <summary>The smallest and largest result so far; NaN once a value was.</summary>
    private sealed class Range(TableFunction function)
    {
        public double Min { get; private set; } = double.PositiveInfinity;

        public double Max { get; private set; } = double.NegativeInfinity;

        public long Outside { get; private set; }

        public void Take(double value, long count)
        {
            if (count > 0 && (function.IsDefined(value) || double.IsNaN(value)))
            {
                var result = function.Value(value);
                (Min, Max) = (Math.Min(Min, result), Math.Max(Max, result));
            }
            else
            {
                Outside += count;
            }
        }
    }
}
