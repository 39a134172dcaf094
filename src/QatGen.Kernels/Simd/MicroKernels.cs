using System.Runtime.Intrinsics;

namespace QatGen.Kernels.Simd;

/// <summary>The inner loops, for the vectors of one kind of machine.</summary>
internal abstract unsafe class MicroKernels
{
    /// <summary>Output pixels of a tile.</summary>
    public const int Pixels = 8;

    /// <summary>Channels are padded to a multiple of this, which is one of every vector's lanes.</summary>
    public const int Block = 16;

    /// <summary>The kernels for this machine: the one place that looks at what it can do.</summary>
    public static MicroKernels Best { get; } =
        Simd512.IsSupported ? new MicroKernels<Simd512, Vector512<int>, Vector512<double>>()
        : Simd256.IsSupported ? new MicroKernels<Simd256, Vector256<int>, Vector256<double>>()
        : new MicroKernels<Simd128, Vector128<int>, Vector128<double>>();

    public abstract int Lanes { get; }

    public static int Padded(int channels) => (channels + Block - 1) / Block * Block;

    public abstract void Conv(in ConvTile tile);

    public abstract void Depthwise(in DepthwiseTile tile);

    public abstract void Rescale(in RescaleTile tile);

    /// <summary>One row of pairs of int16 times packed pairs [pair][column][2]; columns are padded to whole blocks.</summary>
    public abstract void MatMul(int* row, int* packed, int pairs, int columns, int* sums);

    public abstract void MaxPool(in PoolWindow window);

    public abstract void SumPool(in PoolWindow window);

    public abstract void Blend(in BlendTile tile);
}
