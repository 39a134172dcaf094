namespace QatGen.Primitives;

/// <summary>What training leaves behind for a primitive: integers only.</summary>
public abstract record Constant;

/// <summary>int8 weights [O, C / groups, KH, KW], row by row.</summary>
public sealed record WeightConstant(Seq<int> Shape, Seq<sbyte> Values) : Constant
{
    public int OutputChannels => Shape[0];

    /// <summary>sum |w| of each output channel.</summary>
    public long[] Magnitudes()
    {
        var perChannel = Values.Count / Math.Max(1, OutputChannels);
        var sums = new long[OutputChannels];
        for (var i = 0; i < Values.Count; i++)
        {
            sums[i / perChannel] += Math.Abs((int)Values[i]);
        }

        return sums;
    }
}

/// <summary>int32 bias at the accumulator's scale, one per output channel.</summary>
public sealed record BiasConstant(Seq<int> Values) : Constant;

/// <summary>A tensor of integers that the program reads like any other value; it broadcasts over the batch. <paramref name="Scale"/> is the real value of one step.</summary>
public sealed record TensorConstant(Seq<int> Shape, DType DType, Seq<int> Values, double Scale) : Constant
{
    /// <summary>One number for all elements.</summary>
    public static TensorConstant Scalar(int value, DType type, double scale) => new(new(1), type, new(value), scale);
}

/// <summary>Integer limits, both inclusive.</summary>
public sealed record ClampConstant(int Low, int High) : Constant;

/// <summary>The integer that a movement puts where nothing comes from.</summary>
public sealed record FillConstant(int Value) : Constant;
